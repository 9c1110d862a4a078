import { posix } from 'node:path';
import { misfit, type Part, quoted } from './document-part.ts';

/** Bytes that Linux takes of a path, and of each name in it. */
const longestPath = 4095;
const longestName = 255;

/**
 * A path in the container, as Docker keeps it. Throws when it is relative, the root, or a path that cannot be meant:
 * Docker resolves `..` by the text alone, which is another folder where a link is on the way.
 */
export function targetPath(part: Part, target: string): string {
  const path = absolutePath(part, target, 'The target');
  if (path === '/') throw misfit(part, 'The target must not be "/": Docker mounts nothing over the root.');
  return path;
}

/** A path on the host, as Docker keeps it. Throws as {@link targetPath} does; the root may be bound. */
export function sourcePath(part: Part, source: string): string {
  return absolutePath(part, source, 'The source of a bind');
}

/** A folder in a volume. Throws when it leads out of it. */
export function subpathOf(part: Part, subpath: string): string {
  requireReadable(part, subpath, 'The subpath');
  if (subpath.startsWith('/') || subpath.split('/').includes('..'))
    throw misfit(
      part,
      `The subpath ${quoted(subpath)} must be relative and without "..": it stays inside of the volume.`,
    );
  return subpath;
}

/** Whether it is written the way of Windows, such as `C:\data` or `\\server\share`. */
export function isWindowsPath(path: string): boolean {
  return /^[a-zA-Z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

function absolutePath(part: Part, path: string, what: string): string {
  requireReadable(part, path, what);
  if (isWindowsPath(path)) throw misfit(part, `${what} ${quoted(path)} is a path of Windows; hosts here run Linux.`);
  if (!path.startsWith('/')) throw misfit(part, `${what} ${quoted(path)} must be an absolute path.`);
  if (path.split('/').includes('..')) throw misfit(part, `${what} ${quoted(path)} must be written without "..".`);
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

function requireReadable(part: Part, path: string, what: string): void {
  if (hasControlCharacter(path)) throw misfit(part, `${what} ${quoted(path)} must not contain control characters.`);
  if (!path.isWellFormed()) throw misfit(part, `${what} must be valid Unicode.`);
  const isTooLong =
    Buffer.byteLength(path) > longestPath || path.split('/').some((name) => Buffer.byteLength(name) > longestName);
  if (isTooLong)
    throw misfit(
      part,
      `${what} ${quoted(path)} is too long: ${longestPath} bytes, ${longestName} for each name in it.`,
    );
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
