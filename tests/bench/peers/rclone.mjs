// rclone, Debian's package.
import { capture } from '../../tools/processes.mjs';
import { ensurePackages } from '../../tools/debian.mjs';
import { measureCommand } from '../lib/measure.mjs';

/**
 * A peer that runs rclone.
 * @param plain whether without TLS
 * @param singleStream whether a large file is fetched in one stream, which is the only way this version verifies it:
 *   a ranged answer carries no hash of the whole blob in the header it looks at
 */
export function rclone({ plain = false, singleStream = false } = {}) {
  const flags = ['--fast-list', '--transfers', '16', '--checkers', '16', '--config', '/dev/null', '--retries', '1'];
  if (singleStream) {
    flags.push('--multi-thread-streams', '0');
  }
  const source = ({ server, work }) => {
    const address = plain ? server.http : server.https;
    return [
      ...(plain ? [] : ['--ca-cert', server.caCertificate]),
      '--azureblob-sas-url',
      `${address}/${server.account}/${work.container}?sv=2024-11-04&sp=rl&sig=bench`,
      `:azureblob:${work.container}`,
    ];
  };
  const copy = (context) => measureCommand('rclone', ['copy', ...flags, ...source(context), context.destination]);
  return {
    id: `rclone${singleStream ? '-verified' : ''}${plain ? '-plain' : ''}`,
    async prepare() {
      await ensurePackages(['rclone', 'time']);
      const { stdout } = await capture('rclone', ['version']);
      const name = `rclone ${/v([\d.]+)/.exec(stdout)[1]}`;
      this.name = `${name}${singleStream ? ', one stream a file' : ''}${plain ? ', no TLS' : ''}`;
    },
    works: {
      ...(singleStream ? {} : { small: copy }),
      big: copy,
      model: copy,
      ...(singleStream
        ? {}
        : {
            delete: (context) => measureCommand('rclone', ['delete', ...flags, ...source(context)]),
            deleteFolder: (context) => measureCommand('rclone', ['delete', ...flags, ...source(context)]),
            async list(context) {
              const measured = await measureCommand('rclone', ['lsf', '-R', '--files-only', '--format', 'ps', ...flags, ...source(context)]);
              return { ...measured, names: measured.stdout.split('\n').length - 1 };
            },
          }),
    },
  };
}
