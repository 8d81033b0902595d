import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const features = ['audit', 'changes', 'copies', 'explorer', 'operations', 'retention', 'signIn'];

/** Arrows run one way: features -> sidecar -> infrastructure -> protocol, and no feature knows another. */
function mayNotImport(files, ...forbidden) {
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', { patterns: forbidden.map(([regex, message]) => ({ regex, message })) }],
    },
  };
}

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'dist/**', 'extension/src/protocol/**'] },
  js.configs.recommended,
  {
    files: ['extension/src/**/*.ts', 'extension/webview/**/*.ts', 'tests/extension/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['tests/extension/**/*.ts'],
    rules: {
      // A fake has the shape of what it stands for.
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
      },
    },
  },
  ...features.map((feature) =>
    mayNotImport(
      [`extension/src/features/${feature}/**/*.ts`],
      ['^\\.\\./(?!\\.\\.)|/features/', 'A feature does not import another; they meet in infrastructure.'],
    ),
  ),
  mayNotImport(
    ['extension/webview/**/*.ts'],
    ['/src/(?!features/\\w+/\\w+Messages$)', 'A page shares with the extension only the messages between them.'],
  ),
  mayNotImport(['extension/src/sidecar/**/*.ts'], ['/features/', 'The sidecar knows no feature.']),
  mayNotImport(
    ['extension/src/infrastructure/**/*.ts'],
    ['/features/', 'Infrastructure knows no feature.'],
    ['/sidecar/', 'Infrastructure does not know the sidecar.'],
  ),
  prettier,
);
