using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes;

/// <summary>Works out what a change would do, and writes it down as a plan. Changes nothing.</summary>
internal interface IChangePlanner
{
    /// <summary>Makes a plan.</summary>
    /// <param name="request">What is to be done.</param>
    /// <param name="progress">Told while reading; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="Problems.ProblemException">Nothing is there to do, or the services refused.</exception>
    Task<OperationPlan> PlanAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken);
}
