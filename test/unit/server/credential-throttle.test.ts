import t from 'tap';
import { credentialThrottle } from '../../../src/server/credential-throttle.ts';

const key = (letter: string, prefix = '0123abcd') => `Bearer stw_${prefix}_${letter.repeat(43)}`;

t.test('an address that sends wrong credentials has to wait, and others do not', async (t) => {
  let now = 0;
  const throttle = credentialThrottle(6, () => now);
  throttle.wasGood(key('G'));
  for (let number = 0; number < 6; number += 1) {
    t.equal(throttle.refusal('192.0.2.1', `Bearer ${number}`), null);
    t.equal(throttle.wasWrong('192.0.2.1', `Bearer ${number}`), null);
  }
  t.match(throttle.refusal('192.0.2.1', 'Bearer 7'), { code: 'rate_limited', retryAfterSeconds: 10 });
  t.equal(throttle.refusal('192.0.2.1', key('G')), null, 'one that was good before is looked at');
  t.equal(throttle.refusal('192.0.2.2', 'Bearer 7'), null, 'as is everything from elsewhere');
  now += 5_000;
  t.match(throttle.refusal('192.0.2.1', 'Bearer 7'), { retryAfterSeconds: 5 });
  now += 5_000;
  t.equal(throttle.refusal('192.0.2.1', 'Bearer 7'), null, 'time heals');
  t.equal(throttle.wasWrong('192.0.2.1', 'Bearer 7'), null);
  t.match(throttle.refusal('192.0.2.1', 'Bearer 8'), { code: 'rate_limited' });
  throttle.wasWrong('192.0.2.9', key('G'));
  t.match(
    throttle.refusal('192.0.2.1', key('G')),
    { code: 'rate_limited' },
    'one that was good and is wrong now is not known',
  );
});

t.test('wrong keys with one prefix are counted over all addresses', async (t) => {
  const throttle = credentialThrottle(3, () => 0);
  const from = (number: number) => throttle.wasWrong(`192.0.2.${number}`, key('A'));
  t.same([from(1), from(2), from(3)], [null, null, null]);
  t.match(from(4), { code: 'rate_limited' });
  t.equal(throttle.refusal('192.0.2.5', key('B')), null, 'the right key is looked at, wherever it comes from');
  t.equal(throttle.wasWrong('192.0.2.5', key('A', 'ffffffff')), null);
});

t.test('an IPv6 address counts with its network', async (t) => {
  const throttle = credentialThrottle(1, () => 0);
  throttle.wasWrong('2001:db8:0:1::1', 'Bearer x');
  for (const address of ['2001:db8:0:1::2', '2001:db8:0:1:ffff:1:2:3'])
    t.match(throttle.refusal(address, 'Bearer x'), { code: 'rate_limited' }, address);
  for (const address of ['2001:db8:0:2::1', '2001:db8::1', '::1', '::ffff:192.0.2.1'])
    t.equal(throttle.refusal(address, 'Bearer x'), null, address);
});

t.test('what is kept has a bound', async (t) => {
  const throttle = credentialThrottle(1, () => 0);
  for (let number = 0; number <= 10_000; number += 1) throttle.wasWrong(`address-${number}`, 'Bearer x');
  t.equal(throttle.refusal('address-0', 'Bearer x'), null, 'the first was forgotten');
  t.match(throttle.refusal('address-10000', 'Bearer x'), { code: 'rate_limited' });
});
