/** A TCP proxy between two ends of a test, which can be made to fail as networks do. */
import { createServer, connect, type Server, type Socket } from 'node:net';

/**
 * `passes`: bytes go through. `swallows`: nothing comes out on either side, as behind a cut cable. `refuses`: no
 * connection stands.
 */
type ProxyState = 'passes' | 'swallows' | 'refuses';

export interface Proxy {
  readonly port: number;
  /** With `refuses` what stands is reset; what `swallows` has swallowed never comes. */
  set(state: ProxyState): void;
  /** Resets every connection; new ones are taken. */
  reset(): void;
  close(): Promise<void>;
}

/** Listens on `host` and passes on to `port` of this machine. */
export async function startProxy(port: number, host = '127.0.0.1'): Promise<Proxy> {
  let state: ProxyState = 'passes';
  const open = new Set<Socket>();
  const reset = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const join = (from: Socket, to: Socket): void => {
    open.add(from);
    // A connection that has lost bytes is never whole again.
    let isCut = false;
    from.on('data', (bytes: Buffer) => {
      isCut ||= state === 'swallows';
      if (!isCut) to.write(bytes);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      open.delete(from);
      if (!isCut) to.destroy();
    });
  };
  const server = createServer((near) => {
    if (state === 'refuses') {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    port: portOf(server),
    set(next) {
      state = next;
      if (next === 'refuses') reset();
    },
    reset,
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}
