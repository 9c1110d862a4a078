/** One word of a list of mount options, such as `rw` or `addr=10.0.0.1`. */
export interface MountWord {
  readonly name: string;
  /** Null for a word without `=`. */
  readonly value: string | null;
}

/** What stands for a secret wherever Stowage shows options. */
const mask = '…';

const secretName =
  /(^|[-_.])(pass|passwd|password|passphrase|password2|pwd|secret|token|credentials?)$|(access|secret|private|api|encryption)[-_.]?key$|(secret|pass(word)?)$/i;

/** The words of Docker's option `o`, as the engine cuts it: at every comma. */
export function mountWords(text: string): MountWord[] {
  return text
    .split(',')
    .filter((word) => word !== '')
    .map(toWord);
}

/** As it is shown: a secret is left out. */
export function shownWord(word: MountWord): string {
  if (word.value === null) return word.name;
  return `${word.name}=${isSecret(word.name, word.value) ? mask : word.value}`;
}

/** The options of a volume as they are shown: secrets are left out. */
export function shownOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (name === 'o') return [name, mountWords(value).map(shownWord).join(',')];
      if (name === 'device') return [name, withoutLogin(value)];
      return [name, isSecret(name, value) ? mask : value];
    }),
  );
}

/** Every secret in the options of a volume. */
export function secretsIn(options: Readonly<Record<string, string>>): string[] {
  const words = Object.entries(options).flatMap(([name, value]) =>
    name === 'o' ? mountWords(value) : [{ name, value }],
  );
  return words.flatMap(({ name, value }) => (value !== null && value !== '' && isSecret(name, value) ? [value] : []));
}

/** A text of a foreign program, without the secrets of these options. */
export function withoutSecrets(text: string, options: Readonly<Record<string, string>>): string {
  return secretsIn(options).reduce((left, secret) => left.replaceAll(secret, mask), text);
}

/** Whether the value of a word is itself secret; the path of a file that holds one is not. */
export function isSecret(name: string, value: string): boolean {
  return secretName.test(name) && !value.startsWith('/');
}

/** A name and password in front of a server, as in `//user:password@server/share`. */
function withoutLogin(device: string): string {
  return device.replace(/^(\/\/)[^/@]*:[^/@]*@/, `$1${mask}@`);
}

function toWord(word: string): MountWord {
  const end = word.indexOf('=');
  return end === -1 ? { name: word, value: null } : { name: word.slice(0, end), value: word.slice(end + 1) };
}
