import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Test } from 'tap';
import { pack } from 'tar-stream';
import { groundOfTests } from './ground-environment.ts';

/** Builds an image on top of the helper image, with the engine's classic builder; it is removed with the test. Gives its id. */
export async function buildImage(
  t: Test,
  engine: Docker,
  { name, lines, files = {} }: { name: string; lines: readonly string[]; files?: Readonly<Record<string, Buffer>> },
): Promise<string> {
  const tar = pack();
  tar.entry({ name: 'Dockerfile' }, [`FROM ${groundOfTests().helperImage}`, ...lines, ''].join('\n'));
  for (const [file, content] of Object.entries(files)) tar.entry({ name: file }, content);
  tar.finalize();
  t.teardown(() => removeImage(engine, name));
  const output = await engine.buildImage(Readable.from([await buffer(tar)]), { t: name, networkmode: 'none' });
  await new Promise((resolve, reject) =>
    engine.modem.followProgress(output, (error) => (error ? reject(error) : resolve(null))),
  );
  return (await engine.getImage(name).inspect()).Id;
}

async function removeImage(engine: Docker, name: string): Promise<void> {
  await engine
    .getImage(name)
    .remove({ force: true })
    .catch((error: unknown) => {
      if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
    });
}
