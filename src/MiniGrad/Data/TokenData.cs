namespace MiniGrad.Data;

/// <summary>A tokenized corpus.</summary>
/// <param name="Corpus">The text.</param>
/// <param name="Tokenizer">What made the tokens.</param>
/// <param name="Train">The training tokens.</param>
/// <param name="Validation">The held-out tokens.</param>
public sealed record TokenData(Corpus Corpus, ITokenizer Tokenizer, TokenStream Train, TokenStream Validation)
{
    /// <summary>Encodes both splits and checks them against the vocabulary.</summary>
    /// <exception cref="InvalidDataException">A split holds what the vocabulary lacks, or is shorter than a context.</exception>
    public static TokenData Create(Corpus corpus, ITokenizer tokenizer, int blockSize)
    {
        var train = new TokenStream("training", tokenizer.Encode(corpus.Train.Span), tokenizer.VocabularySize);
        var validation = new TokenStream("validation", tokenizer.Encode(corpus.Validation.Span), tokenizer.VocabularySize);
        train.RequireContext(blockSize);
        validation.RequireContext(blockSize);
        return new TokenData(corpus, tokenizer, train, validation);
    }
}
