/** What a container's own files say of users and groups; null where there is no such file. */
export interface UserFiles {
  readonly passwd: string | null;
  readonly group: string | null;
}

/** Who a container runs as, in its own numbers. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one first. */
  readonly groups: readonly number[];
}

interface PasswdLine {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

interface GroupLine {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const largestId = 2 ** 32 - 2;

/**
 * The user that Docker starts a container as, from `User` (`--user`, or the image's), `GroupAdd` and the container's own
 * /etc/passwd and /etc/group, resolved as its runtime does. A number without a line in passwd has group 0; a group that is
 * named besides the user replaces all those of the files. Gives what cannot be resolved, in a sentence, instead.
 */
export function resolveUser(user: string, groupAdd: readonly string[], files: UserFiles): ContainerUser | string {
  const passwd = parsePasswd(files.passwd ?? '');
  const group = parseGroup(files.group ?? '');
  const [userPart = '', groupPart = ''] = user.split(':');

  const account = findUser(userPart, passwd);
  if (account === null) return `its user "${userPart}" is not in its /etc/passwd, so it cannot start`;
  const primary = groupPart === '' ? account.gid : findGroup(groupPart, group);
  if (primary === null) return `its group "${groupPart}" is not in its /etc/group, so it cannot start`;

  const ofFiles =
    groupPart === '' && account.name !== ''
      ? group.filter(({ members }) => members.includes(account.name)).map(({ gid }) => gid)
      : [];
  const added: number[] = [];
  for (const name of groupAdd) {
    const gid = findGroup(name, group);
    if (gid === null) return `its additional group "${name}" is not in its /etc/group, so it cannot start`;
    added.push(gid);
  }
  return { uid: account.uid, gid: primary, groups: [...new Set([primary, ...ofFiles, ...added])] };
}

/** The number of a user's name; null when the container does not know it. */
export function uidOfName(name: string, { passwd }: UserFiles): number | null {
  return parsePasswd(passwd ?? '').find((line) => line.name === name)?.uid ?? null;
}

function findUser(part: string, passwd: readonly PasswdLine[]): PasswdLine | null {
  if (part === '') return passwd.find(({ uid }) => uid === 0) ?? { name: '', uid: 0, gid: 0 };
  const named = passwd.find(({ name }) => name === part);
  if (named !== undefined) return named;
  const uid = numberOf(part);
  if (uid === null) return null;
  return passwd.find((line) => line.uid === uid) ?? { name: '', uid, gid: 0 };
}

function findGroup(part: string, group: readonly GroupLine[]): number | null {
  return group.find(({ name }) => name === part)?.gid ?? numberOf(part);
}

function numberOf(text: string): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const id = Number(text);
  return id <= largestId ? id : null;
}

function parsePasswd(text: string): PasswdLine[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.trim().split(':');
    const [user, group] = [numberOf(uid), numberOf(gid)];
    return name === '' || name.startsWith('#') || user === null ? [] : [{ name, uid: user, gid: group ?? 0 }];
  });
}

function parseGroup(text: string): GroupLine[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , gid = '', members = ''] = line.trim().split(':');
    const id = numberOf(gid);
    if (name === '' || name.startsWith('#') || id === null) return [];
    return [{ name, gid: id, members: members.split(',').map((member) => member.trim()) }];
  });
}
