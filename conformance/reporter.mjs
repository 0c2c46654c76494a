/**
 * Tells one line for each test: its state, its full name, and why it failed, parted by tabs. What
 * failed outside of a test is a line that begins with `error`.
 */
export default class LineReporter {
  onTestCaseResult(test) {
    const { state, errors } = test.result();
    line(state, test.fullName, errors?.map((error) => error.message).join('; ') ?? '');
  }

  onTestRunEnd(modules, unhandled) {
    const failures = modules.flatMap((module) => [...module.errors()]).concat(unhandled);
    failures.forEach((error) => line('error', '', error.message));
  }
}

function line(...parts) {
  console.log(parts.map((part) => String(part).replace(/\s+/g, ' ')).join('\t'));
}
