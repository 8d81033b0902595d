// A sidecar that ends before it answers anything.
process.stderr.write('This sidecar is broken.\n');
process.exit(7);
