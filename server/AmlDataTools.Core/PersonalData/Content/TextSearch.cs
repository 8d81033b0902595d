using System.Text;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Searches a file whose bytes come in pieces, of any length, for the words of a subject. Holds a piece and little more; one file, one thread.</summary>
/// <param name="terms">The words.</param>
/// <param name="isJson">Whether the file is JSON, by its name.</param>
internal sealed class TextSearch(TextTerms terms, bool isJson) : RangeSink
{
    /// <summary>Most places of a file that are told of.</summary>
    public const int MostHits = 10;

    private const int PieceBytes = 16 << 10;

    private readonly TermScanner _scanner = new(terms);
    private readonly EscapeReader _escapes = new(isJson);
    private readonly List<LineHit> _hits = [];
    private readonly List<LineHit> _kept = [];
    private byte[] _head = [];
    private int _headLength;
    private char[] _text = [];
    private Decoder? _decoder;

    /// <summary>Whether the file is no text; known after its first <see cref="TextForm.HeadBytes"/> bytes, or at its end.</summary>
    public bool IsBinary { get; private set; }

    /// <summary>Where it names the subject: for each grade the first places, in order.</summary>
    public IReadOnlyList<LineHit> Hits => _kept;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes, long offset) => Add(bytes);

    /// <summary>Searches the next piece.</summary>
    /// <param name="bytes">The bytes behind those that came before.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_decoder is null && !IsBinary)
        {
            if (_head.Length == 0)
            {
                _head = new byte[TextForm.HeadBytes];
            }

            var taken = Math.Min(bytes.Length, _head.Length - _headLength);
            bytes[..taken].CopyTo(_head.AsSpan(_headLength));
            _headLength += taken;
            bytes = bytes[taken..];
            if (_headLength < _head.Length)
            {
                return;
            }

            Begin();
        }

        Decode(bytes, false);
    }

    /// <summary>The file has ended.</summary>
    public void End()
    {
        if (_decoder is null && !IsBinary)
        {
            Begin();
        }

        if (!IsBinary)
        {
            Decode([], true);
            Scan(_escapes.End());
            _scanner.End(_hits);
            Keep();
        }
    }

    private void Begin()
    {
        var head = _head.AsSpan(0, _headLength);
        var form = TextForm.Of(head);
        IsBinary = form.Encoding is null;
        _decoder = form.Encoding?.GetDecoder();
        Decode(head[form.Mark..], false);
        _head = [];
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (_decoder is not { } decoder)
        {
            return;
        }

        if (_text.Length == 0)
        {
            _text = new char[PieceBytes];
        }

        do
        {
            decoder.Convert(bytes, _text, isEnd, out var used, out var made, out var completed);
            bytes = bytes[used..];
            Scan(_escapes.Add(_text.AsSpan(0, made)));
            if (completed)
            {
                break;
            }
        }
        while (true);
    }

    private void Scan(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            _scanner.Add(text, _hits);
            Keep();
        }
    }

    private void Keep()
    {
        foreach (var hit in _hits)
        {
            if (_kept.Count(known => known.Grade == hit.Grade) < MostHits && !_kept.Contains(hit))
            {
                _kept.Add(hit);
            }
        }

        _hits.Clear();
    }
}
