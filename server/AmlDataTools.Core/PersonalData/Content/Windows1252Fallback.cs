using System.Text;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Reads each byte that is no UTF-8 as Windows-1252, which much older text is in: a name with an umlaut is found in both.</summary>
internal sealed class Windows1252Fallback : DecoderFallback
{
    // WHATWG Encoding Standard, index windows-1252: 0x80 to 0x9F; the rest is ISO 8859-1.
    internal const string From80 = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <inheritdoc/>
    public override int MaxCharCount => 4;

    /// <inheritdoc/>
    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

    private sealed class Buffer : DecoderFallbackBuffer
    {
        private byte[] _bytes = [];
        private int _at;

        public override int Remaining => _bytes.Length - _at;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            (_bytes, _at) = (bytesUnknown, 0);
            return bytesUnknown.Length > 0;
        }

        public override char GetNextChar() => _at >= _bytes.Length ? '\0'
            : _bytes[_at++] is var value && value is >= 0x80 and < 0xA0 ? From80[value - 0x80]
            : (char)value;

        public override bool MovePrevious()
        {
            if (_at == 0)
            {
                return false;
            }

            _at--;
            return true;
        }

        public override void Reset() => (_bytes, _at) = ([], 0);
    }
}
