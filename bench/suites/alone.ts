/** One suite in a process of its own: told which by message, answers with its report. */
import { SUITES, type Effort } from './registry.ts';

export interface Asked {
  readonly name: string;
  readonly effort: Effort;
}

process.once('message', ({ name, effort }: Asked) => {
  const suite = SUITES.find((one) => one.name === name);
  if (suite === undefined) throw new RangeError(`no suite is called ${name}`);
  void suite.run(effort).then((report) => {
    process.send!(report);
    process.disconnect();
  });
});
