import angular from 'jest-preset-angular/presets/index.js';
import { quickSpecs } from './test/quick.mjs';

const swc = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** Server code as native ES modules, as in production; needs node --experimental-vm-modules. */
const esm = {
  testEnvironment: 'node',
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  moduleNameMapper: {
    '^#libs/(.*)\\.js$': '<rootDir>/libs/$1.ts',
    '^#ormconfig$': '<rootDir>/ormconfig.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  globalSetup: '<rootDir>/test/support/jest.global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest.global-teardown.mjs',
};

/** Specs that stand beside their code. */
const server = {
  ...esm,
  displayName: 'server',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest.setup.ts'],
  testMatch: ['<rootDir>/{apps/api,apps/worker,apps/admin,apps/cli,libs,tools}/**/*.spec.ts'],
};

const isQuick = process.env['ODS_TEST_TIER'] === 'quick';

/** What spans features: real servers, databases, browsers. */
const integration = {
  ...esm,
  displayName: 'integration',
  testMatch: isQuick ? quickSpecs.map((file) => `<rootDir>/test/${file}`) : ['<rootDir>/test/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/jest.setup.ts'],
};

/** Angular components, compiled for jsdom. */
const console_ = {
  ...angular.createEsmPreset({
    testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
    tsconfig: '<rootDir>/apps/console/tsconfig.spec.json',
  }),
  displayName: 'console',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/apps/console/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/apps/console/jest.setup.ts'],
  moduleNameMapper: {
    '^#libs/api-client$': '<rootDir>/libs/api-client/index.ts',
    '^#libs/api-client/(.*)$': '<rootDir>/libs/api-client/$1.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
};

// Modules of finished test files stay in a worker's memory: one that has grown is replaced.
export default { projects: [server, console_, integration], maxWorkers: 2, workerIdleMemoryLimit: '1200MB' };
