import tseslint from 'typescript-eslint';

// Few rules, no per-file exceptions: what types and Prettier do not say already. Who may import whom stands
// in two places: here what the name of one file shows, in test/architecture what takes the whole tree, and the sizes.

const everywhere = [
  { regex: '^(\\.\\./){3}(?!test/support/)', message: 'Write #libs/… instead of climbing.' },
  { regex: '^#libs/.*\\.ts$', message: 'Imports name the built file: end in .js.' },
  { regex: '(^|/)dist/', message: 'Import the source.' },
];
const notTypeOrm = {
  group: ['typeorm', '@nestjs/typeorm'],
  message: 'Only repositories, entities, migrations and platform/database know TypeORM.',
};
const notBull = {
  group: ['bull', '@nestjs/bull'],
  message: 'Only the Bull adapter of the queue knows Bull.',
};
const notFiles = {
  group: ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'],
  allowTypeImports: true,
  message: 'Files are behind a port.',
};
const notHttpErrors = {
  group: ['@nestjs/common'],
  importNamePattern: 'Exception$',
  message: 'Throw a DomainError; the problem filter alone knows HTTP.',
};

/** @param {...object} patterns */
const restrict = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [...everywhere, ...patterns] }],
});

const typed = {
  files: ['**/*.ts'],
  extends: [tseslint.configs.base],
  languageOptions: {
    parserOptions: {
      project: ['tsconfig.json', 'apps/console/tsconfig.app.json', 'apps/console/tsconfig.spec.json'],
      tsconfigRootDir: import.meta.dirname,
    },
  },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/ban-ts-comment': 'error',
    'no-restricted-syntax': [
      'error',
      {
        selector: 'TSEnumDeclaration',
        message: 'A union of words is enough, and is what JSON carries.',
      },
    ],
    ...restrict(),
  },
};

const everyFile = {
  files: ['**/*.ts', '**/*.mjs'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-empty': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
  },
};

const roles = [
  {
    files: ['libs/**/*.controller.ts'],
    rules: restrict(notTypeOrm, notBull, notFiles, {
      regex: '\\.repository\\.js$',
      message: 'A controller talks to its service.',
    }),
  },
  {
    files: ['libs/**/*.service.ts', 'libs/**/*.handler.ts'],
    rules: {
      ...restrict(notTypeOrm, notBull, notFiles, notHttpErrors, {
        regex: '\\.(controller|handler)\\.js$',
        message: 'Services and handlers do not call doors.',
      }),
      'no-restricted-globals': ['error', { name: 'fetch', message: 'The network is behind a port.' }],
    },
  },
  {
    files: ['libs/**/*.repository.ts'],
    rules: restrict(notBull, notFiles, notHttpErrors, {
      regex: '\\.(service|errors|repository|controller|handler)\\.js$',
      message: 'A repository is queries only.',
    }),
  },
  {
    files: ['libs/platform/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: restrict({
      regex: '^#libs/(?!platform/|entities/|replication/)',
      message: 'The platform knows no feature.',
    }),
  },
  {
    files: ['libs/replication/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: restrict(notTypeOrm, notFiles, {
      // Hash functions are pure, whoever computes them.
      regex: '^@nestjs/|^node:(?!crypto)|^#libs/(?!platform/crypto/block-digest\\.js)',
      message: 'The heart of replication is pure.',
    }),
  },
  {
    files: ['apps/console/**/*.ts'],
    rules: restrict(
      { regex: '^#libs/(?!api-client)', message: 'The console is a client of the admin API only.' },
      { regex: '[^#]libs/', message: 'Write #libs/api-client.' },
      notTypeOrm,
    ),
  },
  {
    files: ['apps/api/**/*.ts', 'apps/worker/**/*.ts', 'apps/admin/**/*.ts', 'apps/cli/**/*.ts'],
    rules: restrict({
      regex: 'apps/|\\.\\./(api|worker|console|admin|cli)/',
      message: 'An app knows no other app.',
    }),
  },
];

export default tseslint.config(
  {
    ignores: ['dist/', 'node_modules/', 'coverage/', 'data/', 'scratch/', '.angular/', '.cache/', 'libs/api-client/'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  everyFile,
  typed,
  ...roles,
);
