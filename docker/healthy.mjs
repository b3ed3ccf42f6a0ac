// node docker/healthy.mjs PORT: status 0 when the process on this machine says that it is ready.
const response = await fetch(`http://127.0.0.1:${process.argv[2]}/readyz`, { signal: AbortSignal.timeout(4_000) }).catch(() => null);
process.exit(response?.ok ? 0 : 1);
