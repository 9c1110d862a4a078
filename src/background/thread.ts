import { parentPort, workerData } from 'node:worker_threads';
import { type Ground, openPorts } from '../ports.ts';
import type { MetricsAnswer, Request } from './messages.ts';
import { workInBackground } from './work.ts';

// The thread of the background work: it has a heap, an event loop and connections of its own, so that a list of
// thousands of volumes or the messages of restic do not hold up requests.
if (parentPort === null) throw new Error('This file is the entry of a thread; start Stowage with main.ts.');
const port = parentPort;
const ground: Ground = workerData;

const draining = new AbortController();
const ports = await openPorts(ground, { ofThread: true });
port.on('message', async (request: Request) => {
  if (request.ask === 'drain') return draining.abort();
  const metrics = await ports.telemetry.registry.getMetricsAsJSON();
  port.postMessage({ id: request.id, metrics } satisfies MetricsAnswer);
});
await workInBackground(ports, draining.signal);
await ports.close();
port.close();
