import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';

const helperRole = 'stowage.role=helper';

/** Fills a volume as an application would: many small files, some large ones, links. */
export async function fillVolume(endpoint: string, volume: string): Promise<void> {
  const script = `cd /data; for d in $(seq 20); do mkdir -p d$d; for f in $(seq 100); do echo "file $f of $d" > d$d/f$f; done; done
    for n in 1 2 3 4; do head -c 8000000 /dev/urandom > large$n; done; ln -s large1 link; chown -R 999:999 .; chmod 750 .`;
  await runOn(endpoint, volume, script);
}

/** Changes one file in a hundred. */
export async function touchVolume(endpoint: string, volume: string): Promise<void> {
  await runOn(endpoint, volume, 'cd /data; for d in $(seq 20); do echo changed >> d$d/f1; done');
}

/** Digest over names, modes, owners, times and contents of everything in a volume. */
export async function digestOf(endpoint: string, volume: string): Promise<string> {
  const script = `cd /data; { find . | sort | while read -r f; do stat -c '%n %a %u:%g %Y' "$f"; done; find . -type f | sort | xargs sha256sum; } | sha256sum`;
  return (await runOn(endpoint, volume, script)).split(' ')[0] ?? '';
}

/** Runs a shell script in a container of the helper image, which is the one image that is surely there. */
async function runOn(endpoint: string, volume: string, script: string): Promise<string> {
  const docker = new Docker({ socketPath: endpoint.replace('unix://', '') });
  const [image] = await docker.listImages({ filters: { label: [helperRole] } });
  if (image === undefined)
    throw new Error('The helper image is not on the engine yet; wait for the product to be ready.');
  const output = new PassThrough();
  const printed = text(output);
  const options = {
    Entrypoint: ['/bin/sh', '-c'],
    HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume' as const, Source: volume, Target: '/data' }] },
  };
  const [{ StatusCode }, container] = await docker.run(image.Id, [script], output, options);
  // The end of what it wrote may come after its exit code.
  const words = await printed;
  await container.remove();
  if (StatusCode !== 0) throw new Error(`The container ended with exit code ${StatusCode}.`);
  return words;
}
