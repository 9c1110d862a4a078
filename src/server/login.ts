import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ports } from '../context.ts';
import { beginLogin, callbackPath, endLogin, type LoginConfig, loginSeconds } from './login-flow.ts';

const path = '/graphiql/login';
const cookieName = 'stowage_login';

/**
 * `/graphiql/login`: signs a browser in with the OIDC issuer, by code and PKCE. What is under way is sealed in a cookie that no
 * script reads, so any replica can end it. The token goes to the page behind `#`, which no server sees and which leaves the address
 * at once: it is sent as a header from then on, and no cookie ever lets a call in. Does nothing without a client of the issuer.
 */
export function serveLogin(
  app: FastifyInstance,
  { config, vault, log }: Pick<Ports, 'config' | 'vault' | 'log'>,
): void {
  const { login } = config;
  if (login === undefined) return;
  const withLogin: LoginConfig = { ...config, login };
  const isSecure = new URL(login.publicUrl).protocol === 'https:';

  const attempt = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<string>) => {
    reply.header('cache-control', 'no-store');
    try {
      return reply.redirect(await work());
    } catch (err) {
      request.log.warn({ err }, 'a login did not succeed');
      return reply.redirect('/graphiql#refused');
    }
  };

  app.get(path, { logLevel: log.level === 'silent' ? 'silent' : 'warn' }, (request, reply) =>
    attempt(request, reply, async () => {
      const { address, sealed } = await beginLogin(withLogin, vault);
      reply.header('set-cookie', cookie(sealed, loginSeconds, isSecure));
      return address;
    }),
  );

  // The log of requests would hold the code.
  app.get(callbackPath, { logLevel: log.level === 'silent' ? 'silent' : 'warn' }, (request, reply) =>
    attempt(request, reply, async () => {
      reply.header('set-cookie', cookie('', 0, isSecure));
      const [, search = ''] = /^[^?]*(\?.*)$/.exec(request.url) ?? [];
      const token = await endLogin(withLogin, vault, cookieOf(request), search);
      return `/graphiql#key=${encodeURIComponent(token)}`;
    }),
  );
}

/** Lax: the issuer sends the browser back from another site. */
function cookie(value: string, seconds: number, isSecure: boolean): string {
  return `${cookieName}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

function cookieOf({ headers }: FastifyRequest): string {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? '';
}
