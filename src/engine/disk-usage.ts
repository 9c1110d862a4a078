import { type Connection, patience } from './connection.ts';

/** From here on `system df` can be asked for one kind alone; older engines would walk every volume for the answer. */
const selectiveApi = 1.42;

/** What `system df` says of one kind of object; null where it cannot be asked for that kind alone. */
export async function askDiskUsage<Answer>(
  connection: Connection,
  type: 'build-cache' | 'image',
): Promise<Answer | null> {
  const { docker, ask } = connection;
  const { ApiVersion } = await ask(patience.question, () => docker.version());
  return Number(ApiVersion) < selectiveApi ? null : await dial<Answer>(connection, 'GET', '/system/df?', { type });
}

/** For requests whose query dockerode's own methods do not send. */
export function dial<Answer>(
  { docker, ask }: Connection,
  method: 'GET' | 'POST',
  path: string,
  options: object,
): Promise<Answer> {
  return ask(
    patience.lengthy,
    (abortSignal) =>
      new Promise((resolve, reject) => {
        const request = { path, method, options, abortSignal, statusCodes: { 200: true, 500: 'server error' } };
        docker.modem.dial(request, (error: Error | null, answer: unknown) =>
          error === null ? resolve(answer as Answer) : reject(error),
        );
      }),
  );
}
