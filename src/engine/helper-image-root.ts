import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractPackages, fetchPackages } from './debian-packages.ts';
import { runSystemTool } from './system-tool.ts';

/** The suite with the newest restic; its programs bring their own libraries. */
const suite = 'sid';
/** `openssl` and `zlib1g` bring the libraries of ssh, whose own package depends on half a system. */
const packages = [
  'restic',
  'dash',
  'busybox-static',
  'tar',
  'zstd',
  'acl',
  'attr',
  'findutils',
  'perl-base',
  'openssl',
  'zlib1g',
];
const alone = ['ca-certificates', 'openssh-client'];
const programs = [
  'restic',
  'ssh',
  'dash',
  'busybox',
  'tar',
  'zstd',
  'getfacl',
  'setfacl',
  'getfattr',
  'setfattr',
  'find',
  'perl',
];
const folders = [
  'usr',
  'usr/bin',
  'etc',
  'etc/ssl',
  'etc/ssl/certs',
  'etc/ssh',
  'run',
  'proc',
  'sys',
  'dev',
  'data',
  'repository',
  'volumes',
  'root',
];
const links = { bin: 'usr/bin', sbin: 'usr/bin', lib: 'usr/lib', lib64: 'usr/lib64' };

/** Libraries and folders of libraries that none of the programs loads. */
const needless =
  /^(gconv|audit|mime|ssl|openssh|ossl-modules|libssl\..*|libstdc\+\+.*|libmvec.*|libBrokenLocale.*|libmemusage.*|libpcprofile.*|libthread_db.*|libnsl.*|libc_malloc_debug.*|libanl.*|libnss_hesiod.*)$/;

interface Sources {
  /** Folder that keeps the fetched Debian packages. */
  readonly cache: string;
  /** The program that the image starts with. */
  readonly entrypoint: string;
  /** How it speaks to servers over SSH. */
  readonly sshConfig: string;
}

/** Makes the root file system of the helper image in `root`, out of Debian's packages; `scratch` is a folder beside it. Throws `engine_setup_unavailable`. */
export async function assembleHelperRoot(
  root: string,
  scratch: string,
  { cache, entrypoint, sshConfig }: Sources,
): Promise<void> {
  const closure = await fetchPackages({ cache, suite, names: packages, dependencies: true });
  // Without what they depend on: that is also a tool to gather the certificates, which is done here.
  const others = await fetchPackages({ cache, suite, names: alone, dependencies: false });
  await extractPackages([...closure, ...others], scratch);

  await makeFolder(root);
  for (const folder of folders) await makeFolder(join(root, folder));
  await makeFolder(join(root, 'tmp'), 0o1777);
  // runc gives a tmpfs the mode of the folder that it covers.
  await makeFolder(join(root, 'run/stowage'), 0o700);
  for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name));
  for (const name of programs) await rename(join(scratch, 'usr/bin', name), join(root, 'usr/bin', name));
  await takeLibraries(join(scratch, 'usr'), join(root, 'usr'));
  await linkApplets(join(root, 'usr/bin'));
  await writeWithMode(join(root, 'usr/bin/stowage-helper'), await readFile(entrypoint, 'utf8'), 0o755);
  await writeWithMode(join(root, 'etc/ssh/ssh_config'), await readFile(sshConfig, 'utf8'));
  const certificatesFile = join(root, 'etc/ssl/certs/ca-certificates.crt');
  await writeWithMode(certificatesFile, await joinCertificates(join(scratch, 'usr/share/ca-certificates/mozilla')));
  await writeWithMode(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeWithMode(join(root, 'etc/group'), 'root:x:0:\n');
}

// Modes are set in so many words, for the umask of this process must not show in the image.
async function makeFolder(path: string, mode = 0o755): Promise<void> {
  await mkdir(path);
  await chmod(path, mode);
}

async function writeWithMode(path: string, content: string, mode = 0o644): Promise<void> {
  await writeFile(path, content);
  await chmod(path, mode);
}

async function takeLibraries(from: string, to: string): Promise<void> {
  // Not every architecture has a lib64.
  for (const name of (await readdir(from)).filter((name) => name.startsWith('lib') && name !== 'libexec')) {
    await rename(join(from, name), join(to, name));
    for (const entry of await readdir(join(to, name), { recursive: true, withFileTypes: true })) {
      if (needless.test(entry.name)) await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
    }
  }
}

/** Makes the small tools links to busybox, except where there is the real program. Its shell would prefer its own tools to those, so the shell is another. */
async function linkApplets(folder: string): Promise<void> {
  await symlink('dash', join(folder, 'sh'));
  const busybox = join(folder, 'busybox');
  const applets = await runSystemTool(busybox, ['--list'], {
    remedy: 'Give the helper image as an archive or a reference.',
  });
  const taken = new Set(await readdir(folder));
  for (const applet of applets.trim().split('\n'))
    if (!taken.has(applet)) await symlink('busybox', join(folder, applet));
}

async function joinCertificates(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.crt')).sort();
  const certificates = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return certificates.map((certificate) => `${certificate.trimEnd()}\n`).join('');
}
