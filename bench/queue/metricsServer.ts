/** Serves metrics to Prometheus: /metrics and /healthz, and nothing else. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';

export interface MetricsAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface Scraped {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** What keeps it from its work, for a probe; null when nothing does. */
  readonly trouble: () => string | null;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9400/metrics`. */
  readonly url: string;
  /** Frees the port. */
  close(): Promise<void>;
}

/** Prometheus and a probe or two: whoever opens more is neither. */
const MOST_CONNECTIONS = 32;
/** A request is a line and some headers, ms. */
const REQUEST_TIMEOUT = 10_000;

/** Throws UsageError when the port cannot be had. */
export async function serveMetrics({ host, port }: MetricsAddress, scraped: Scraped): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      answer(request, response, scraped).catch(() => response.destroy());
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)));
    server.listen(port, host, resolve);
  });
  // A worker that is idle may end.
  server.unref();
  const at = server.address() as AddressInfo;
  const shown = at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return {
    url: `http://${shown}:${at.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, scraped: Scraped): Promise<void> {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/metrics' && path !== '/healthz') return say(404, 'only /metrics and /healthz are here\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'GET or HEAD\n');
  if (path === '/metrics') return say(200, await scraped.text(), scraped.contentType);
  const trouble = scraped.trouble();
  say(trouble === null ? 200 : 503, `${trouble ?? 'ok'}\n`);
}

function refusal({ code, message }: NodeJS.ErrnoException, host: string, port: number): UsageError {
  const place = `${host}:${port}`;
  if (code === 'EADDRINUSE')
    return new UsageError(`--metrics: ${place} is in use`, 'take another port, or 0 for any that is free');
  if (code === 'EACCES')
    return new UsageError(`--metrics: ${place} is not for this user`, 'take a port from 1024 on, or 0 for any');
  return new UsageError(
    `--metrics: cannot listen on ${place}: ${message}`,
    '--metrics-host names an address of this machine',
  );
}
