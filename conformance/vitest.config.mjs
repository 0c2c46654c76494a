export default {
  test: {
    include: ['suite.test.mjs'],
    reporters: ['./reporter.mjs'],
    testTimeout: 30_000,
  },
};
