import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fail } from '../errors.ts';

/** A network as `address/bits`. */
export type Network = string;

/** Public by its number, and yet a service of the machine's own cloud (Azure). */
const cloudAddress = '168.63.129.16';

/** How far an address is from this process: on the Internet, in a network that the installation lets webhooks into, or neither. */
export type AddressReach = 'public' | 'allowed' | 'refused';

/** Judges an IP address. Only what is globally reachable is public: never this machine, its networks, or its cloud's own services. */
export function reachOf(address: string, networks: readonly Network[]): AddressReach {
  const parsed = ipaddr.process(address.split('%')[0] ?? address);
  if (networks.some((network) => isWithin(parsed, network))) return 'allowed';
  return parsed.range() === 'unicast' && parsed.toString() !== cloudAddress ? 'public' : 'refused';
}

function isWithin(address: ReturnType<typeof ipaddr.process>, network: Network): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

/**
 * The address of a receiver, as it is kept. What it leads to is judged again whenever something is sent: a name may lead
 * elsewhere by then. Throws `invalid_input` for what could never be sent to.
 */
export function requireReceiver(text: string, networks: readonly Network[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const misfit = url === null ? 'is no address' : misfitOf(url, networks);
  if (url === null || misfit !== null) throw fail('invalid_input', `/url: ${shown(url, text)} ${misfit}.`);
  return url.href;
}

function misfitOf(url: URL, networks: readonly Network[]): string | null {
  const { protocol, username, password, hash } = url;
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://';
  if (username !== '' || password !== '') return 'must hold no user or password; receivers are told by the signature';
  if (hash !== '') return 'must have no fragment';
  if (protocol === 'http:' && networks.length === 0)
    return 'must begin with https://; without TLS only networks of STOWAGE_WEBHOOK_NETWORKS are called';
  const host = hostOf(url);
  return isIP(host) === 0 ? null : refusalOf(protocol, [reachOf(host, networks)]);
}

/** Without a password, which may have been typed by mistake. */
function shown(url: URL | null, text: string): string {
  return url === null ? `"${text}"` : `"${url.protocol}//${url.host}"`;
}

/** The name or address in an address of the web; IPv6 without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * The addresses that a request to the receiver may connect to. Throws an Error that says why there are none: also when one of
 * several is refused, for then the name is not what it seems.
 */
export async function addressesOf(url: URL, networks: readonly Network[]): Promise<LookupAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  const refusal = refusalOf(
    url.protocol,
    addresses.map(({ address }) => reachOf(address, networks)),
  );
  if (refusal !== null || addresses.length === 0) throw new Error(`"${host}" ${refusal ?? 'has no address'}.`);
  return addresses;
}

function refusalOf(protocol: string, reaches: readonly AddressReach[]): string | null {
  if (reaches.includes('refused'))
    return 'leads into a network that webhooks may not call; STOWAGE_WEBHOOK_NETWORKS names those that they may';
  if (protocol === 'http:' && reaches.includes('public')) return 'is public: it must be called with https://';
  return null;
}
