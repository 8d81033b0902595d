// This project. The adapter is all that knows how it is driven: change it here and nowhere else.
import { measureCommand } from '../lib/measure.mjs';

/**
 * A command that does the work of the transfer engine, from AML_BENCH_DRIVER (split at blanks), called as
 *   DRIVER copy|list CONTAINER_URL PREFIX CA_PEM [DESTINATION]
 * `copy` leaves the tree below PREFIX at DESTINATION, verified; `list` writes the number of blobs.
 */
export function ours(command = process.env.AML_BENCH_DRIVER) {
  if (!command) {
    return undefined;
  }
  const [executable, ...first] = command.split(' ');
  const drive = (verb) => async ({ server, work, destination }) => {
    const url = `${server.https}/${server.account}/${work.container}?sv=2024-11-04&sp=rl&sig=bench`;
    const measured = await measureCommand(executable, [...first, verb, url, server.root, server.caCertificate, destination ?? '']);
    return { ...measured, names: Number(measured.stdout) };
  };
  return {
    id: 'ours',
    name: 'AML Data Tools',
    prepare: async () => {},
    works: { small: drive('copy'), big: drive('copy'), list: drive('list') },
  };
}
