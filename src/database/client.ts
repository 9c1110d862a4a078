import { PrismaPg } from '@prisma/adapter-pg';
import { fail, isFailure } from '../errors.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { statementNames } from './kept-statements.ts';

export { Prisma };

/** The Prisma client: what stores read and write with. */
export type Database = ReturnType<typeof connectDatabase>;

/** The client inside of a transaction. */
export type Transaction = Parameters<Parameters<Database['$transaction']>[0]>[0];

/** What a store function takes: the client itself or a transaction of it. */
export type Reader = Database | Transaction;

/** Connects to PostgreSQL (lazily, with a pool). Emits an event `query` for each SQL statement. */
export function connectDatabase(url: string) {
  const adapter = new PrismaPg(
    { connectionString: url, connectionTimeoutMillis: 5_000, max: 10 },
    { statementNameGenerator: statementNames() },
  );
  return new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
}

/** Whether an insert or update failed because a unique value is taken (Prisma P2002). */
export function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

const connectionCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
]);

/** What the driver says, in statements that Prisma did not write, where it gives no code. */
const connectionKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);

/** Turns a thrown value into `database_unavailable` when it says that PostgreSQL cannot be reached; else gives it back. */
export function translateDatabaseError(error: unknown): unknown {
  if (isFailure(error) || !isConnectionError(error)) return error;
  return fail('database_unavailable', {
    detail: 'PostgreSQL does not answer; the request was not carried out. Try again.',
    cause: error,
  });
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  const ofDriver = Object(error).meta?.driverAdapterError?.cause;
  if (connectionKinds.has(ofDriver?.kind)) return true;
  const codes = [codeOf(error), codeOf(error.cause), codeOf(ofDriver)];
  return codes.some((code) => code !== undefined && connectionCodes.has(code));
}

function codeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('originalCode' in value && typeof value.originalCode === 'string') return value.originalCode;
  return 'code' in value && typeof value.code === 'string' ? value.code : undefined;
}
