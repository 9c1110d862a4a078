import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Docker from 'dockerode';
import type { Test } from 'tap';
import { extract, pack } from 'tar-stream';
import { groundOfTests } from './ground-environment.ts';

/** A volume driver whose volumes are folders of its own. One whose name has `hanging` in it is never mounted, as one on a server that is gone. https://docs.docker.com/engine/extend/plugins_volume/ */
const program = `use strict; use IO::Socket::UNIX; $SIG{CHLD} = 'IGNORE';
my $path = '/run/docker/plugins/folders.sock'; unlink $path;
my $server = IO::Socket::UNIX->new(Local => $path, Listen => 8) or die "socket: $!";
while (my $client = $server->accept) {
  my ($first, $length, $body) = ('', 0, '');
  $first = <$client> // ''; 
  while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/; $length = $1 if $line =~ /^Content-Length: (\\d+)/i; }
  read($client, $body, $length) if $length;
  my ($call) = $first =~ m{^POST /(\\S+)};
  my ($name) = $body =~ /"Name":"([^"]+)"/;
  my $of = sub { qq({"Name":"$_[0]","Mountpoint":"/folders/$_[0]"}) };
  my $answer = '{"Err":""}';
  if ($call eq 'Plugin.Activate') { $answer = '{"Implements":["VolumeDriver"]}' }
  elsif ($call eq 'VolumeDriver.Capabilities') { $answer = '{"Capabilities":{"Scope":"local"}}' }
  elsif ($call eq 'VolumeDriver.Create') { mkdir "/folders/$name" }
  elsif ($call eq 'VolumeDriver.Remove') { rmdir "/folders/$name" }
  elsif ($call eq 'VolumeDriver.List') { $answer = '{"Volumes":[' . join(',', map { $of->(s{.*/}{}r) } glob('/folders/*')) . ']}' }
  elsif ($call eq 'VolumeDriver.Get') { $answer = -d "/folders/$name" ? '{"Volume":' . $of->($name) . '}' : '{"Err":"no such volume"}' }
  else { $answer = qq({"Mountpoint":"/folders/$name"}) }
  if ($call eq 'VolumeDriver.Mount' && $name =~ /hanging/ && !fork) { sleep 3600; exit }
  next if $call eq 'VolumeDriver.Mount' && $name =~ /hanging/;
  print $client "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: " . length($answer) . "\\r\\n\\r\\n$answer";
  close $client;
}
`;

const configuration = {
  description: 'Volumes that are folders of the plugin',
  documentation: '',
  entrypoint: ['/usr/bin/perl', '/plugin.pl'],
  workdir: '/',
  network: { type: 'none' },
  interface: { types: ['docker.volumedriver/1.0'], socket: 'folders.sock' },
  linux: { capabilities: [] },
  propagatedMount: '/folders',
};

/** A volume driver that runs as a plugin of the test engine; it is removed with the test, which removes its volumes first. */
export interface VolumePlugin {
  /** With its tag, as the engine names it. */
  readonly driver: string;
  enable(): Promise<void>;
  /** Also while containers have its volumes. */
  disable(): Promise<void>;
}

/** Makes a plugin out of the helper image, which has Perl, and switches it on: on the test engine, or another one that has the image. */
export async function installVolumePlugin(
  t: Test,
  { endpoint }: { readonly endpoint?: string } = {},
): Promise<VolumePlugin> {
  const { dockerHost, helperImage } = groundOfTests();
  const docker = new Docker({ socketPath: new URL(endpoint ?? dockerHost).pathname });
  const driver = `t${randomBytes(6).toString('hex')}:latest`;
  const ask = (path: string, options: object, file?: Readable) =>
    new Promise<void>((resolve, reject) => {
      // The modem takes the last sign of a path for the mark before the options.
      const request = { path: `${path}?`, method: 'POST', options, statusCodes: { 200: true, 204: true } };
      docker.modem.dial(file === undefined ? request : { ...request, file }, (error: unknown) =>
        error ? reject(error) : resolve(),
      );
    });
  const enable = () => ask(`/plugins/${driver}/enable`, { timeout: 30 });
  const disable = () => ask(`/plugins/${driver}/disable`, { force: true });
  await ask('/plugins/create', { name: driver }, await pluginArchive(docker, helperImage));
  t.teardown(() => docker.getPlugin(driver, '').remove({ force: true }));
  await enable();
  return { driver, enable, disable };
}

/** The file system of an image below `rootfs/`, with the program, and what the engine asks to know of a plugin. */
async function pluginArchive(docker: Docker, image: string): Promise<Readable> {
  const container = await docker.createContainer({ Image: image, Cmd: ['true'] });
  const archive = pack();
  archive.entry({ name: 'config.json' }, JSON.stringify(configuration));
  for (const name of ['rootfs', 'rootfs/folders']) archive.entry({ name, type: 'directory' });
  archive.entry({ name: 'rootfs/plugin.pl' }, program);
  const files = extract();
  files.on('entry', (header, stream, next) => {
    const link = header.type === 'link' ? { linkname: `rootfs/${header.linkname}` } : {};
    stream.pipe(archive.entry({ ...header, name: `rootfs/${header.name}`, ...link }, next));
  });
  const copied = container.export().then((exported) => pipeline(Readable.from(exported), files));
  void copied
    .then(() => archive.finalize())
    .catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))))
    .finally(() => container.remove());
  return Readable.from(archive);
}
