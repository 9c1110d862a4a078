/** The keys of `host/key` addresses, by host: what a batch loader asks for in one statement. */
export function keysByHost(addresses: readonly string[]): { hostName: string; keys: string[] }[] {
  const pairs = addresses.map((address) => {
    const end = address.indexOf('/');
    return { hostName: address.slice(0, end), key: address.slice(end + 1) };
  });
  const byHost = Map.groupBy(pairs, ({ hostName }) => hostName);
  return [...byHost].map(([hostName, ofHost]) => ({ hostName, keys: ofHost.map(({ key }) => key) }));
}
