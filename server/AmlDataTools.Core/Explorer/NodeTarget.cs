using AmlDataTools.Azure;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Explorer;

/// <summary>What a node of the tree stands for. The hierarchy is closed: the records below are all there are.</summary>
public abstract record NodeTarget
{
    private protected NodeTarget()
    {
    }
}

/// <summary>A subscription.</summary>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
public sealed record SubscriptionTarget(string SubscriptionId, string? TenantId) : NodeTarget;

/// <summary>A workspace.</summary>
/// <param name="Workspace">The workspace.</param>
public sealed record WorkspaceTarget(WorkspaceRef Workspace) : NodeTarget;

/// <summary>The registries of a subscription.</summary>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
public sealed record RegistriesTarget(string SubscriptionId, string? TenantId) : NodeTarget;

/// <summary>A registry.</summary>
/// <param name="Registry">The registry.</param>
public sealed record RegistryTarget(WorkspaceRef Registry) : NodeTarget;

/// <summary>"Leftover resources" of a subscription: what workspaces used that are gone.</summary>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
public sealed record LeftoversTarget(string SubscriptionId, string? TenantId) : NodeTarget;

/// <summary>The leftovers in a resource group.</summary>
/// <param name="SubscriptionId">Its subscription.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
/// <param name="ResourceGroup">The group.</param>
public sealed record LeftoverGroupTarget(string SubscriptionId, string? TenantId, string ResourceGroup) : NodeTarget;

/// <summary>A resource that a workspace used which is gone.</summary>
/// <param name="ResourceId">Its Resource Manager id.</param>
/// <param name="TenantId">The tenant whose token opens it; null for the account's own.</param>
public sealed record LeftoverTarget(string ResourceId, string? TenantId) : NodeTarget;

/// <summary>The experiments of a workspace.</summary>
/// <param name="Workspace">The workspace.</param>
public sealed record ExperimentsTarget(WorkspaceRef Workspace) : NodeTarget;

/// <summary>An experiment.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Name">Its name.</param>
public sealed record ExperimentTarget(WorkspaceRef Workspace, string Name) : NodeTarget;

/// <summary>A run.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="RunId">Its id.</param>
public sealed record RunTarget(WorkspaceRef Workspace, string RunId) : NodeTarget;

/// <summary>"Outputs + logs" of a run.</summary>
/// <param name="Location">The run's folder in the artifact store.</param>
/// <param name="RunId">The run; of a reused step the step itself, while the folder is its original's.</param>
public sealed record RunFilesTarget(FileLocation Location, string RunId) : NodeTarget;

/// <summary>"Named outputs" of a run.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="RunId">The run.</param>
public sealed record NamedOutputsTarget(WorkspaceRef Workspace, string RunId) : NodeTarget;

/// <summary>One named output of a run.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="RunId">The run.</param>
/// <param name="Name">The output's name.</param>
public sealed record NamedOutputTarget(WorkspaceRef Workspace, string RunId, string Name) : NodeTarget;

/// <summary>"Child runs" of a run.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="RunId">The parent.</param>
public sealed record ChildRunsTarget(WorkspaceRef Workspace, string RunId) : NodeTarget;

/// <summary>A folder.</summary>
/// <param name="Location">Where; its path ends in <c>/</c>.</param>
/// <param name="RunId">The run below which it was shown; null below a datastore.</param>
public sealed record FolderTarget(FileLocation Location, string? RunId) : NodeTarget;

/// <summary>A file.</summary>
/// <param name="Location">Where.</param>
/// <param name="RunId">The run below which it was shown; null below a datastore.</param>
public sealed record FileTarget(FileLocation Location, string? RunId) : NodeTarget;

/// <summary>A group of a workspace's things, such as "Models".</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Group">Which group.</param>
public sealed record ResourceGroupTarget(WorkspaceRef Workspace, ResourceGroupKind Group) : NodeTarget;

/// <summary>A model, a data asset, a compute, ...: everything but runs and experiments, which have targets of their own.</summary>
/// <param name="Resource">What it is.</param>
/// <param name="ServiceId">What the service calls it where that is not its name (a v1 pipeline's id); null otherwise.</param>
public sealed record ResourceTarget(ResourceAddress Resource, string? ServiceId) : NodeTarget;

/// <summary>A line that explains or reports an error; there is nothing behind it.</summary>
/// <param name="ParentNodeId">The node below which it stands; empty for the root.</param>
/// <param name="Code">What it says, so that two lines below one node differ.</param>
public sealed record NoticeTarget(string ParentNodeId, string Code) : NodeTarget;
