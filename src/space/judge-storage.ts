import type { RootFileSystem, StorageReason, StorageVerdict } from './model.ts';

/** A rule about hosts that a host breaks, as far as it matters here. */
export interface BrokenRule {
  readonly rule: { readonly id: string; readonly remedy: string };
  readonly severity: string;
  readonly breach: { readonly detail: string };
}

export interface Judgement {
  readonly verdict: StorageVerdict;
  readonly reasons: StorageReason[];
}

const grave = ['critical', 'high'];
/** Worth knowing, but no fault. */
const harmless = 'info';

/** What is to be said of the storage of a host: the rules that it breaks, else that it is as it should be, else that too little is known. */
export function judgeStorage(
  storageDriver: string | null,
  storage: RootFileSystem | null,
  broken: readonly BrokenRule[],
): Judgement {
  const reasons = broken.map(({ rule, breach }) => ({ rule: rule.id, detail: breach.detail, remedy: rule.remedy }));
  const isBad = broken.some(({ severity }) => grave.includes(severity));
  if (isBad) return { verdict: 'bad', reasons };
  if (storageDriver === null || storage === null)
    return { verdict: 'unknown', reasons: [...reasons, unknown(storageDriver === null ? 'engine' : 'storage')] };
  if (broken.some(({ severity }) => severity !== harmless)) return { verdict: 'tolerable', reasons };
  const detail = `The storage driver ${storageDriver} on ${storage.fileSystem} is what Docker recommends.`;
  return { verdict: 'good', reasons: [{ rule: null, detail, remedy: null }, ...reasons] };
}

function unknown(what: 'engine' | 'storage'): StorageReason {
  return what === 'engine'
    ? { rule: null, detail: 'The engine has never answered.', remedy: 'Start it, and see why the host is unreachable.' }
    : {
        rule: null,
        detail: "What lies below the engine's root folder has not been looked at yet.",
        remedy: 'Ask for it: POST /v1/hosts/HOST/measurements.',
      };
}
