export { default } from './tests/extension/vitest.config.mts';
