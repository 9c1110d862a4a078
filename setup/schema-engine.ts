import { readFile } from 'node:fs/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/**
 * The SQL that leads from one Prisma datamodel (null: an empty database) to another. The engine is Prisma's own, as
 * WebAssembly: the native one is a download. It insists on a connection, though it asks the database for nothing.
 */
export async function diffDatamodels(databaseUrl: string, before: string | null, after: string): Promise<string> {
  const engine = await startSchemaEngine(databaseUrl, after);
  const { stdout } = await engine.diff({
    from: before === null ? { tag: 'empty' } : datamodel(before),
    to: datamodel(after),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return `${(stdout ?? '').trim()}\n`;
}

function datamodel(content: string) {
  return { tag: 'schemaDatamodel' as const, files: [{ path: 'schema.prisma', content }] };
}

async function startSchemaEngine(databaseUrl: string, schema: string): Promise<SchemaEngine> {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm'));
  // The package leaves loading the module to a bundler; this is what one would do.
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': { ...engineBindings },
  });
  const bindings: WasmBindings = engineBindings as never;
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl }));
  return bindings.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, adapter);
}

// Node has it; the types of Node do not.
declare const WebAssembly: {
  instantiate(module: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

interface WasmBindings {
  __wbg_set_wasm(exports: object): void;
  SchemaEngine: typeof SchemaEngine;
}
