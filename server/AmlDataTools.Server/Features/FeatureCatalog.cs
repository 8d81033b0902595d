using AmlDataTools.Core;

namespace AmlDataTools.Server.Features;

/// <summary>The features of this sidecar: the place where each is composed.</summary>
internal static class FeatureCatalog
{
    /// <summary>Makes the features for a client. Called once, while <c>initialize</c> is answered.</summary>
    /// <param name="context">What they are made of.</param>
    public static IReadOnlyList<IFeature> Create(FeatureContext context)
    {
        var workbench = new Lazy<Workbench>(() => WorkbenchFactory.Create(context));
        return
        [
            new Credentials.CredentialFeature(context),
            new Network.NetworkFeature(context.Network),
            new Explorer.ExplorerFeature(workbench),
            new Datastores.DatastoresFeature(workbench),
            new Operations.OperationsFeature(workbench),
            new Notebooks.NotebookFeature(workbench),
            new Retention.RetentionFeature(workbench),
            new Audit.AuditFeature(workbench),
            new PersonalData.PersonalDataFeature(workbench),
        ];
    }
}
