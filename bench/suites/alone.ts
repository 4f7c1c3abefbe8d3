/** One suite in a process of its own (askProcess.ts): told which, answers with its report. */
import { answerQuestion } from './askProcess.ts';
import { SUITES, type Effort } from './registry.ts';

export interface Asked {
  readonly name: string;
  readonly effort: Effort;
}

answerQuestion(({ name, effort }: Asked) => SUITES.find((suite) => suite.name === name)!.run(effort));
