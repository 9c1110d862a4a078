import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startS3Server } from '../../machinery/servers/s3-server.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { keepsSecrets, worksWith } from './works-with.ts';

t.test('S3: right, with a wrong key, and without its bucket', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const { endpoint, bucket, accessKeyId, secretAccessKey } = await startS3Server(t);
  const s3 = { endpoint, bucket, prefix: 'team/shop', region: 'default' };
  const keys = { accessKeyId, secretAccessKey };
  t.match(await stowage.call('POST', '/v1/repositories', { name: 'x', s3, accessKeyId }), {
    status: 400,
    body: { code: 'invalid_input' },
  });
  const repository = await worksWith(t, stowage, docker, { name: 's3', s3, ...keys });
  t.match(repository, { kind: 's3', medium: 'object_storage', location: { s3, network: 'host' } });

  // A refused one takes long now and then: over a minute once, while other tests ran.
  const tested = async (name: string) =>
    await stowage.waitForJob((await stowage.accepted('POST', `/v1/repositories/${name}/tests`, {})).id, 240);
  await stowage.created('POST', '/v1/repositories', { name: 'no-bucket', s3: { ...s3, bucket: 'nowhere' }, ...keys });
  t.match(await tested('no-bucket'), {
    state: 'failed',
    error: { code: 'repository_bucket_missing' },
  });
  const wrong = { accessKeyId, secretAccessKey: 'another secret' };
  t.equal((await stowage.call('PATCH', '/v1/repositories/s3', wrong)).status, 200);
  t.match(await tested('s3'), {
    state: 'failed',
    error: { code: 'repository_credentials_wrong' },
  });
  await keepsSecrets(t, stowage, [secretAccessKey, 'another secret']);
});
