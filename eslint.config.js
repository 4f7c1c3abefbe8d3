import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'results/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        // One program of all files: a tenth faster than a service that is told of one after the other.
        project: './tsconfig.json',
      },
    },
    rules: {
      // Counters and addresses are numbers everywhere; writing String(n) in each message helps nobody.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Code is laid out by prettier, which leaves comments as they are.
      'max-len': ['error', { code: Infinity, comments: 120, ignoreUrls: true }],
    },
  },
  // Plain JavaScript: it is run as it stands.
  {
    files: ['bench/build.js', '.dependency-cruiser.js', 'eslint.config.js'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    // The model is pure: no Node API, no wall clock, no unseeded randomness. Its imports: .dependency-cruiser.js.
    files: ['sim/**/*.ts'],
    ignores: ['sim/**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'console', 'performance', 'setTimeout', 'Buffer', 'Date'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'use a Stream of sim/clock/random.ts' },
        { object: 'Math', property: 'log', message: 'may differ between engines: use sim/clock/random.ts' },
        { object: 'Math', property: 'exp', message: 'may differ between engines' },
        { object: 'Math', property: 'pow', message: 'may differ between engines' },
      ],
    },
  },
);
