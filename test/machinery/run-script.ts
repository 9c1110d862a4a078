import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';

/** Runs a shell script in a container of `image`, without network, with the volume at `/data` and these binds; gives its standard output. Throws with all that it wrote unless its exit code is 0. */
export async function runScript(
  engine: Docker,
  image: string,
  volume: string,
  script: string,
  binds: readonly string[] = [],
): Promise<string> {
  const outputs = [new PassThrough(), new PassThrough()] as const;
  const written = Promise.all([text(outputs[0]), text(outputs[1])]);
  const options = {
    Tty: false,
    Entrypoint: ['/bin/sh', '-c'],
    HostConfig: {
      NetworkMode: 'none',
      Binds: [...binds],
      Mounts: [{ Type: 'volume' as const, Source: volume, Target: '/data' }],
    },
  };
  const [{ StatusCode: exitCode }, container] = await engine.run(image, [script], [...outputs], options);
  // The end of what it wrote may come after its exit code.
  const [out, err] = await written;
  await container.remove();
  if (exitCode !== 0) throw new Error(`The script in volume ${volume} ended with exit code ${exitCode}: ${err}${out}`);
  return out;
}
