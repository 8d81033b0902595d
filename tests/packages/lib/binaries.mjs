// What a binary is, by its first bytes: ELF, or Portable Executable with or without .NET in it.
// PE/COFF: learn.microsoft.com/windows/win32/debug/pe-format; CLI header: ECMA-335, II.25.3.3; ReadyToRun on other systems than
// Windows marks its machine with the system (dotnet/runtime, docs/design/coreclr/botr/readytorun-format.md).

/** IMAGE_FILE_MACHINE_AMD64, and the same for Linux: exclusive or with IMAGE_FILE_MACHINE_NATIVE_OS_OVERRIDE of Linux. */
export const machines = { x64: 0x8664, linuxX64: 0x8664 ^ 0x7b79, anyCpu: 0x14c };

/** @returns `kind` (`elf`, `pe` or `other`), and for PE `machine`, `isManaged`, `isCompiledAhead`. */
export function inspect(bytes) {
  if (bytes.length > 4 && bytes.readUInt32BE(0) === 0x7f454c46) {
    return { kind: 'elf' };
  }
  if (bytes.length < 0x40 || bytes.toString('latin1', 0, 2) !== 'MZ') {
    return { kind: 'other' };
  }
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0') {
    return { kind: 'other' };
  }
  const machine = bytes.readUInt16LE(header + 4);
  const sections = bytes.readUInt16LE(header + 6);
  const optional = header + 24;
  const optionalSize = bytes.readUInt16LE(header + 20);
  const isPe32Plus = bytes.readUInt16LE(optional) === 0x20b;
  // The fifteenth data directory is the CLI header.
  const directory = optional + (isPe32Plus ? 112 : 96) + 14 * 8;
  const address = bytes.readUInt32LE(directory);
  if (address === 0) {
    return { kind: 'pe', machine, isManaged: false, isCompiledAhead: false };
  }
  const cli = offsetOf(bytes, address, optional + optionalSize, sections);
  // ManagedNativeHeader: where ReadyToRun code is announced.
  return { kind: 'pe', machine, isManaged: true, isCompiledAhead: bytes.readUInt32LE(cli + 64) !== 0 };
}

function offsetOf(bytes, address, table, count) {
  for (let index = 0; index < count; index++) {
    const section = table + index * 40;
    const start = bytes.readUInt32LE(section + 12);
    if (address >= start && address < start + Math.max(bytes.readUInt32LE(section + 8), bytes.readUInt32LE(section + 16))) {
      return address - start + bytes.readUInt32LE(section + 20);
    }
  }
  throw new Error('The CLI header lies in no section.');
}
