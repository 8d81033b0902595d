using System.Buffers;
using System.Globalization;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>
/// Takes escapes out of text that comes in pieces. Four hexadecimal digits behind <c>\u</c> everywhere, as programs write letters beyond
/// ASCII; in JSON (RFC 8259, section 7) the other escapes too. An escaped line break becomes a space: lines stay those of the file.
/// </summary>
/// <param name="isJson">Whether the text is JSON.</param>
internal sealed class EscapeReader(bool isJson)
{
    private const int HexDigits = 4;

    private readonly ArrayBufferWriter<char> _out = new(4096);
    private readonly char[] _held = new char[HexDigits + 2];
    private int _count;

    /// <summary>Reads the next piece.</summary>
    /// <param name="piece">The text behind what came before.</param>
    /// <returns>The text without escapes; valid until the next call. An escape that is not whole yet is held back.</returns>
    public ReadOnlySpan<char> Add(ReadOnlySpan<char> piece)
    {
        if (_count == 0 && !piece.Contains('\\'))
        {
            return piece;
        }

        _out.ResetWrittenCount();
        while (!piece.IsEmpty)
        {
            if (_count == 0)
            {
                var escape = piece.IndexOf('\\');
                _out.Write(escape < 0 ? piece : piece[..escape]);
                if (escape < 0)
                {
                    break;
                }

                _held[_count++] = '\\';
                piece = piece[(escape + 1)..];
                continue;
            }

            if (Take(piece[0]))
            {
                piece = piece[1..];
            }
        }

        return _out.WrittenSpan;
    }

    /// <summary>The text has ended.</summary>
    /// <returns>What was held back.</returns>
    public ReadOnlySpan<char> End()
    {
        _out.ResetWrittenCount();
        Give();
        return _out.WrittenSpan;
    }

    /// <summary>One character behind a backslash.</summary>
    /// <returns>Whether it belonged to the escape; if not, it is looked at again.</returns>
    private bool Take(char c)
    {
        if (_count == 1 && c != 'u')
        {
            var plain = !isJson ? '\0' : c switch
            {
                '"' or '\\' or '/' => c,
                'n' or 'r' or 't' or 'b' or 'f' => ' ',
                _ => '\0',
            };
            if (plain == '\0')
            {
                Give();
                return false;
            }

            _out.Write([plain]);
            _count = 0;
            return true;
        }

        if (_count > 1 && !char.IsAsciiHexDigit(c))
        {
            Give();
            return false;
        }

        _held[_count++] = c;
        if (_count == _held.Length)
        {
            _out.Write([(char)int.Parse(_held.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)]);
            _count = 0;
        }

        return true;
    }

    // It was no escape.
    private void Give()
    {
        _out.Write(_held.AsSpan(0, _count));
        _count = 0;
    }
}
