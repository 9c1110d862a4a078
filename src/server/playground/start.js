// Signs in with an API key, then mounts GraphiQL, whose every request carries it.
(() => {
  const storageKey = 'stowage:key';
  const byId = (id) => document.getElementById(id);
  const signIn = byId('sign-in');

  const post = (key, body, headers) =>
    fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    });

  async function refusalOf(key) {
    try {
      const response = await post(key, { query: '{ __typename }' });
      const { errors } = await response.json();
      return errors?.[0]?.message ?? null;
    } catch {
      return 'The server does not answer.';
    }
  }

  function fetcherFor(key) {
    const url = `${location.origin.replace(/^http/, 'ws')}/graphql`;
    const wsClient = graphqlWs.createClient({ url, lazy: true, connectionParams: { authorization: `Bearer ${key}` } });
    return GraphiQL.createFetcher({
      url: '/graphql',
      wsClient,
      fetch: (_url, { body, headers }) => post(key, JSON.parse(body), headers),
    });
  }

  function open(key) {
    signIn.hidden = true;
    byId('playground').hidden = false;
    byId('sign-out').hidden = false;
    const examples = JSON.parse(byId('examples').textContent);
    const playground = React.createElement(GraphiQL, {
      fetcher: fetcherFor(key),
      defaultTabs: examples.map(({ query }) => ({ query })),
      storage: sessionStorage,
      shouldPersistHeaders: false,
    });
    ReactDOM.createRoot(byId('playground')).render(playground);
  }

  async function tryKey(key) {
    const refusal = await refusalOf(key);
    if (refusal === null) {
      sessionStorage.setItem(storageKey, key);
      return open(key);
    }
    sessionStorage.removeItem(storageKey);
    byId('refusal').textContent = refusal;
    signIn.hidden = false;
    byId('key').focus();
  }

  // `/graphiql#key=…` opens at once. What stands behind # is not sent to the server; it leaves the address bar here.
  function keyAtHand() {
    const given = new URLSearchParams(location.hash.slice(1));
    const fromAddress = given.get('key');
    if (given.has('refused'))
      byId('refusal').textContent = 'The issuer did not sign you in; try again, or paste a key.';
    if (given.size > 0) history.replaceState(null, '', location.pathname);
    return fromAddress ?? sessionStorage.getItem(storageKey);
  }

  signIn.addEventListener('submit', (event) => {
    event.preventDefault();
    tryKey(byId('key').value.trim());
  });
  byId('sign-out').addEventListener('click', () => {
    sessionStorage.clear();
    location.reload();
  });

  const key = keyAtHand();
  if (key === null) signIn.hidden = false;
  else tryKey(key);
})();
