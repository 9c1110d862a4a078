import Value from 'typebox/value';
import { SnapshotServer } from './model.ts';

const longest = 8192;

/** What a tag says of a server: restic takes a comma for the end of a tag, so it is encoded. */
export function serverTag(server: SnapshotServer): string {
  return Buffer.from(JSON.stringify(server)).toString('base64url');
}

/** What a tag tells of a server; null for what nobody here has written. */
export function serverOfTag(text: string | null): SnapshotServer | null {
  if (text === null || text.length > longest) return null;
  try {
    return serverFrom(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    // Somebody else's tag of the same name.
    return null;
  }
}

/** A server as a column or a tag holds it; null for anything else. */
export function serverFrom(value: unknown): SnapshotServer | null {
  return Value.Check(SnapshotServer, value) ? value : null;
}
