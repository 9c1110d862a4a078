import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../errors.ts';
import { runSystemTool } from './system-tool.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const remedy =
  'Install Docker and start it, or set DOCKER_HOST to an engine that runs; Debian packages could not be fetched here.';
const movingReleases = ['stable', 'testing', 'unstable', 'sid'];

export interface PackageRequest {
  /** Folder that keeps what was fetched; may be shared by processes, and deleted to fetch anew. */
  readonly cache: string;
  /** Debian suite: `sid`, `trixie`, `bookworm` … */
  readonly suite: string;
  readonly names: readonly string[];
  /** Whether all that they depend on comes too, as on a system where nothing is installed. */
  readonly dependencies: boolean;
}

/**
 * Paths of the packages (`.deb`), fetched through apt and verified with Debian's own keys, from the mirror that this
 * system uses; apt's state of the system is not touched. Throws `engine_setup_unavailable`.
 */
export async function fetchPackages(request: PackageRequest): Promise<string[]> {
  const folder = join(request.cache, keyOf(request));
  if (!existsSync(folder)) await fetchInto(folder, request);
  const files = await readdir(folder);
  return files.sort().map((file) => join(folder, file));
}

/** Unpacks packages into a folder without running their scripts. Throws `engine_setup_unavailable`. */
export async function extractPackages(packages: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // One after the other: packages share folders.
  for (const file of packages) await runSystemTool('dpkg-deb', ['-x', file, folder], { remedy });
}

function keyOf({ suite, names, dependencies }: PackageRequest): string {
  const wanted = JSON.stringify([process.arch, [...names].sort(), dependencies]);
  return `${suite}-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`;
}

/** Fetches beside the place; what is in the place is whole. Two processes may do this at once: the first one's packages stay. */
async function fetchInto(folder: string, request: PackageRequest): Promise<void> {
  await mkdir(request.cache, { recursive: true });
  const state = await mkdtemp(join(request.cache, 'fetching-'));
  try {
    await fetchWithApt(state, request);
    await rename(join(state, 'packages'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function fetchWithApt(state: string, { suite, names, dependencies }: PackageRequest): Promise<void> {
  const packages = join(state, 'packages');
  await Promise.all([
    mkdir(join(state, 'lists', 'partial'), { recursive: true }),
    mkdir(join(packages, 'partial'), { recursive: true }),
  ]);
  // Nothing is installed as far as apt knows, so that a closure is complete whatever this system has.
  await writeFile(join(state, 'status'), '');
  await writeFile(join(state, 'debian.sources'), await sourcesOf(suite));
  const settings = privateState(state, packages);
  const apt = (...args: string[]) =>
    runSystemTool('apt-get', [...settings, '-q', '-y', ...args], { remedy, workingFolder: packages });
  await apt('update', '--error-on=any');
  await apt(...(dependencies ? ['install', '--download-only', '--no-install-recommends'] : ['download']), ...names);
  await Promise.all(['partial', 'lock'].map((name) => rm(join(packages, name), { recursive: true, force: true })));
}

function privateState(state: string, packages: string): string[] {
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': state,
    'Dir::Cache::archives': packages,
    'Dir::Etc::sourcelist': join(state, 'debian.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Acquire::Languages': 'none',
    // The unprivileged user of apt could not write below a folder that is root's alone.
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

async function sourcesOf(suite: string): Promise<string> {
  const mirror = await findMirror();
  return `Types: deb\nURIs: ${mirror}\nSuites: ${suite}\nComponents: main\nSigned-By: ${keyring}\n`;
}

/** The mirror of Debian's main archive that this system is set up with. */
async function findMirror(): Promise<string> {
  const targets = await runSystemTool('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)'], {
    remedy,
  });
  const releases = [...movingReleases, await ownRelease()];
  for (const target of targets.split('\n')) {
    const [address = '', release = '', component] = target.split(' ');
    // Security updates, and what is not Debian's, have other names.
    if (component === 'main' && releases.includes(release)) return address;
  }
  throw fail('engine_setup_unavailable', `apt knows no mirror of Debian's main archive. ${remedy}`);
}

async function ownRelease(): Promise<string> {
  const description = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^VERSION_CODENAME=(\S+)$/m.exec(description)?.[1] ?? '';
}
