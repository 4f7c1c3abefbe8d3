/** A process of its own for one question: so that its answer does not depend on what was done before. */
import { fork } from 'node:child_process';

/**
 * Starts the Node module at `path`, sends it `question` and resolves to the one message it answers with. What it prints
 * goes to stderr. Rejects when it ends without an answer.
 *
 * @param nodeOptions of the process, besides this one's
 */
export function askProcess<Answer>(
  path: string,
  question: object,
  nodeOptions: readonly string[] = [],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(path, [], {
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
      execArgv: [...process.execArgv, ...nodeOptions],
    });
    let answer: { readonly message: Answer } | null = null;
    child.once('message', (message) => (answer = { message: message as Answer }));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (answer !== null && code === 0) resolve(answer.message);
      else reject(new Error(`its process ended with ${signal ?? `exit code ${code}`} and no result`));
    });
    child.send(question);
  });
}

/** In such a process: answers the question it is sent, and ends. What `answer` throws ends it with exit code 1. */
export function answerQuestion(answer: (question: never) => unknown): void {
  const reply = async (question: unknown): Promise<void> => {
    const message = await answer(question as never);
    // Disconnecting before the message is out would lose it.
    process.send!(message, undefined, undefined, () => process.disconnect());
  };
  process.once('message', (question) => void reply(question));
}
