import { fail } from '../errors.ts';

const keyTypes =
  /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;
const magic = 'openssh-key-v1\0';

/**
 * Refuses lines that are none of OpenSSH's known_hosts, and those that name other servers only: without the key of its
 * server a repository could never be opened. Throws `invalid_input`.
 */
export function requireKnownHosts(text: string, server: string, port: number): void {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const wanted = port === 22 ? server : `[${server}]:${port}`;
  const remedy = `take what "ssh-keyscan -p ${port} ${server}" prints, once you know that it is right`;
  if (lines.length === 0) throw refusal('knownHosts', `has no line with a key; ${remedy}`);
  const names = lines.map((line) => {
    const [first = '', ...rest] = line.trim().split(/\s+/);
    const [hosts = '', type = '', key = ''] = first.startsWith('@') ? rest : [first, ...rest];
    if (!keyTypes.test(type) || !/^[A-Za-z0-9+/]{40,}={0,2}$/.test(key))
      throw refusal('knownHosts', `has a line that is none of OpenSSH's known_hosts; ${remedy}`);
    return hosts;
  });
  const isMeant = (name: string) =>
    name === wanted || name.startsWith('|1|') || name.includes('*') || name.includes('?');
  if (!names.some((hosts) => hosts.split(',').some(isMeant)))
    throw refusal('knownHosts', `names no key of ${wanted}; ${remedy}`);
}

/** A private key that ssh can use without asking anybody, with the line end that it wants. Throws `invalid_input`. */
export function requirePrivateKey(text: string): string {
  const key = `${text.replaceAll('\r\n', '\n').trim()}\n`;
  const block = /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----\n([\s\S]+)\n-----END \1-----\n$/.exec(key);
  if (block === null) throw refusal('privateKey', 'is no private key in PEM or in the format of OpenSSH');
  const [, kind = '', body = ''] = block;
  const isSealed = kind.startsWith('ENCRYPTED') || body.includes('ENCRYPTED') || isSealedOpenssh(body);
  if (isSealed) throw refusal('privateKey', 'has a passphrase, which nobody could enter; give a key without one');
  return key;
}

/** The format of OpenSSH names the cipher behind its magic word: `none` for a key without a passphrase. */
function isSealedOpenssh(body: string): boolean {
  const bytes = Buffer.from(body, 'base64');
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic || bytes.length < magic.length + 4) return false;
  const length = bytes.readUInt32BE(magic.length);
  return bytes.subarray(magic.length + 4, magic.length + 4 + length).toString('latin1') !== 'none';
}

function refusal(field: string, why: string) {
  return fail('invalid_input', {
    detail: `\`${field}\` ${why}.`,
    errors: [{ path: `/${field}`, rule: field, message: why }],
  });
}
