using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What an operation does between its start and its end. The engine around it knows no verb.</summary>
internal interface IOperationExecution
{
    /// <summary>Counts, readable while it runs.</summary>
    TransferProgress Progress { get; }

    /// <summary>Whether all that ended did so as the person would expect: else it is a success with warnings.</summary>
    bool EndedWell { get; }

    /// <summary>The failure that stands for all, when everything was tried and nothing was done; else null.</summary>
    Problems.ProblemException? NothingDone { get; }

    /// <summary>What to say at the end, in one sentence: what was not done, what survives. Null for nothing.</summary>
    string? Epilogue(OperationState state);

    /// <summary>Carries it out, from wherever an earlier life of it left off.</summary>
    /// <exception cref="Problems.ProblemException">It cannot go on.</exception>
    Task RunAsync(Journal journal, CancellationToken cancellationToken);

    /// <summary>Adds to a status what only this knows: what can be undone.</summary>
    OperationStatus Complete(OperationStatus status);

    /// <summary>It has come to its end: writes the receipt and removes what will not be gone on with.</summary>
    /// <returns>The status to keep: what was given, and what only this knows.</returns>
    OperationStatus Close(OperationStatus final);
}

/// <summary>Makes the execution of an operation, by its verb.</summary>
internal interface IExecutionFactory
{
    /// <summary>The execution of an operation on record.</summary>
    /// <exception cref="Problems.ProblemException"><c>operation.damaged</c>: its record is incomplete.</exception>
    IOperationExecution For(OperationPlan plan, OperationDestination? destination);
}
