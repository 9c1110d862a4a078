import type { Readable } from 'node:stream';
import { fail, messageOf } from '../errors.ts';
import { type Connection, patience } from './connection.ts';

/** An image of many gigabytes is read for hours from a slow repository. */
const loadSeconds = 86_400;

/** Implements {@link Engine.saveImage}. dockerode knows no `save` of an image with several of its names. */
export async function saveImage({ docker, ask }: Connection, id: string, names: readonly string[]): Promise<Readable> {
  const wanted = names.length === 0 ? [id] : names;
  const query = wanted.map((name) => `names=${encodeURIComponent(name)}`).join('&');
  // dockerode cuts off the last character of an address that has a query and no options.
  const request = {
    path: `/images/get?${query}&`,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
  };
  const dial = () =>
    new Promise<Readable>((resolve, reject) => {
      docker.modem.dial(request, (error, answer) => (error === null ? resolve(answer as Readable) : reject(error)));
    });
  return await ask(patience.lengthy, dial, { 404: 'image_not_found' });
}

/** Implements {@link Engine.loadImage}. */
export async function loadImage({ docker, ask }: Connection, archive: Readable, signal: AbortSignal): Promise<void> {
  const broken = new AbortController();
  // dockerode leaves a request open whose body has broken off, and the engine waits for the rest of it.
  archive.once('error', (error) => broken.abort(error));
  const abortSignal = AbortSignal.any([signal, broken.signal]);
  try {
    await ask(loadSeconds, async () => {
      const answer = await docker.loadImage(archive, { quiet: true, abortSignal });
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(answer, (error: Error | null) => (error === null ? resolve() : reject(error)));
      });
    });
  } catch (cause) {
    if (abortSignal.aborted) throw abortSignal.reason;
    throw fail('image_load_failed', { detail: `The engine did not take the image: ${messageOf(cause)}`, cause });
  }
}
