import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { isSecret, secretOf, signatureHeaders } from '../../../src/webhooks/signature.ts';

t.test('a library of the scheme accepts the signatures, each with its secret', async (t) => {
  const [secret, before, other] = [secretOf(randomBytes(32)), secretOf(randomBytes(24)), secretOf(randomBytes(64))];
  const body = '{"text":"ünï💥"}';
  const headers = signatureHeaders({ id: 'one', sentAt: new Date(), body }, [secret, before]);
  t.same(new Webhook(secret).verify(body, headers), { text: 'ünï💥' });
  t.ok(new Webhook(before).verify(body, headers));
  t.throws(() => new Webhook(other).verify(body, headers));
  t.throws(() => new Webhook(secret).verify(`${body} `, headers));
  t.throws(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'two' }));
});

t.test('a secret has the form that the scheme wants', async (t) => {
  for (const bytes of [24, 32, 64]) t.ok(isSecret(secretOf(randomBytes(bytes))));
  for (const odd of [
    '',
    'whsec_',
    secretOf(randomBytes(23)),
    secretOf(randomBytes(65)),
    'whsec_%%%',
    randomBytes(32).toString('base64'),
  ])
    t.notOk(isSecret(odd), odd);
});
