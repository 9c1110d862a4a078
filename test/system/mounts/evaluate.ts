import type { Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import type { Stowage } from '../../machinery/stowage.ts';

export const evaluationsPath = '/v1/mount-evaluations';

/** The input of an evaluation: a container of the helper image, not as root. */
export function container(hostConfig: object, rest: object = {}): object {
  return { container: { Image: groundOfTests().helperImage, User: '1000:1000', ...rest, HostConfig: hostConfig } };
}

/** The answer over REST; GraphQL must give the same. */
export async function evaluate(t: Test, stowage: Pick<Stowage, 'post' | 'graphql'>, input: object): Promise<Answer> {
  const answer = await stowage.post(evaluationsPath, input);
  const fields = `host verdict complete gaps { about detail } findings { ${Object.keys(answer.findings[0] ?? { rule: 1 }).join(' ')} }
    mounts { type source target volume driver readOnly propagation selinux noCopy subpath project
      path { exists kind resolvedPath uid gid mode identity } tmpfs { sizeBytes noexec nosuid nodev } }`;
  const query = `query ($container: JSON, $compose: ComposeServiceSpecInput) { mountEvaluation(container: $container, compose: $compose) { ${fields} } }`;
  const { data, errors } = await stowage.graphql(query, input as Record<string, unknown>);
  t.equal(errors, undefined);
  t.match(answer, data.mountEvaluation, 'GraphQL gives the same');
  t.equal(data.mountEvaluation.findings.length, answer.findings.length);
  return answer;
}

/** Ids of the rules that an evaluation found broken. */
export function rulesOf({ findings }: Answer): string[] {
  return findings.map(({ rule }: Answer) => rule);
}
