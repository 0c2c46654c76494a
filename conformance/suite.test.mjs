// The public suite of the Durable Streams protocol, against the server at SLUICE_URL, whose
// long-poll timeout must be 500 ms. ConformanceSuiteTest starts both.
import { runConformanceTests } from '@durable-streams/server-conformance-tests';

// Not BASE_URL: Vite takes that for itself.
const baseUrl = process.env.SLUICE_URL?.replace(/\/$/, '');
if (!baseUrl) {
  throw new Error('SLUICE_URL is not set; it is where the server is, as http://127.0.0.1:8080');
}

runConformanceTests({ baseUrl, longPollTimeoutMs: 500, subscriptions: false });
