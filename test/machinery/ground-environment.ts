/** The ground of the system tests as a test file knows it. */
export interface GroundOfTests {
  /** Temporary folder of this run; removed at its end. */
  readonly folder: string;
  /** The migrated template database: nobody connects to it, it is cloned. */
  readonly databaseUrl: string;
  readonly dockerHost: string;
  /** Folder in which the helper image was made. */
  readonly helperDirectory: string;
  /** Reference of the helper image, which the engine has. */
  readonly helperImage: string;
  /** Folder that is kept between runs, for what was downloaded. */
  readonly cache: string;
}

const names = {
  folder: 'STOWAGE_TEST_FOLDER',
  databaseUrl: 'STOWAGE_TEST_DATABASE_URL',
  dockerHost: 'STOWAGE_TEST_DOCKER_HOST',
  helperDirectory: 'STOWAGE_TEST_HELPER_DIRECTORY',
  helperImage: 'STOWAGE_TEST_HELPER_IMAGE',
  cache: 'STOWAGE_TEST_CACHE',
} as const satisfies Record<keyof GroundOfTests, string>;

/** The environment variables that carry the ground to the test files. */
export function environmentOf(ground: GroundOfTests): Record<string, string> {
  return Object.fromEntries(fields().map((field) => [names[field], ground[field]]));
}

/** The ground of this test file. Throws an Error when it was not started by `npm test`. */
export function groundOfTests(): GroundOfTests {
  const values = fields().map((field) => [field, process.env[names[field]]] as const);
  const missing = values.filter(([, value]) => value === undefined).map(([field]) => names[field]);
  if (missing.length > 0)
    throw new Error(`System tests are run by "npm test -- <part of the path>"; ${missing.join(', ')} is not set.`);
  return Object.fromEntries(values) as unknown as GroundOfTests;
}

function fields(): (keyof GroundOfTests)[] {
  return Object.keys(names) as (keyof GroundOfTests)[];
}
