using AmlDataTools.Core.Notebooks;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

/// <summary>What counts as a reference in Python, and what does not.</summary>
public sealed class CodeReferenceTests
{
    [Theory]
    [InlineData("x = 'azureml:churn:3'", "Any churn:3")]
    [InlineData("x = \"azureml:churn@latest\"", "Any churn@latest")]
    [InlineData("x = '''azureml:churn:3'''", "Any churn:3")]
    [InlineData("x = r'azureml:churn:3'", "Any churn:3")]
    [InlineData("x = f'azureml:churn:3'", "Any churn:3")]
    [InlineData("x = 'azureml:' 'churn:3'", "Any churn:3")]
    [InlineData("x = ('azureml:'\n     # here\n     'churn:3')", "Any churn:3")]
    [InlineData("x = 'azureml:\\\nchurn:3'", "Any churn:3")]
    [InlineData(@"x = 'azureml:ch\u0075rn:\x33'", "Any churn:3")]
    [InlineData("job = command(inputs={'m': Input(type=AssetTypes.MLFLOW_MODEL, path='azureml:churn:3')})", "Model churn:3")]
    [InlineData("Input(path='azureml:loans:1', type=\"uri_file\")", "Data loans:1")]
    [InlineData("ManagedOnlineDeployment(model='azureml:churn:3', environment='azureml:env:1')", "Model churn:3")]
    [InlineData("mlflow.pyfunc.load_model('models:/churn/3')", "Model churn:3")]
    [InlineData("mlflow.pyfunc.load_model(model_uri='models:/churn/latest')", "Model churn@latest")]
    [InlineData("mlflow.pyfunc.load_model('models:/churn/Production')", "Model churn@Production")]
    [InlineData("ml_client.models.get(name='churn', version='3')", "Model churn:3")]
    [InlineData("ml_client.models.get('churn', \"3\")", "Model churn:3")]
    [InlineData("ml_client.models.get('churn', 3)", "Model churn:3")]
    [InlineData("self.client.models.get(\n    'churn',\n    label='latest',\n)", "Model churn@latest")]
    [InlineData("MLClient.from_config(cred).models.get('churn', version='3').path", "Model churn:3")]
    [InlineData("ml_client.data.get(version='1', name='loans')", "Data loans:1")]
    [InlineData("ml_client.models \\\n  .get('churn', '3')", "Model churn:3")]
    [InlineData("Model(ws, 'churn', version=3)", "Model churn:3")]
    [InlineData("azureml.core.Model(workspace=ws, name='churn')", "Model churn@latest")]
    [InlineData("Model(ws, 'churn', version=None)", "Model churn@latest")]
    [InlineData("Model(ws, id='churn:3')", "Model churn:3")]
    [InlineData("Model.get_model_path('churn', version=3)", "Model churn:3")]
    [InlineData("Dataset.get_by_name(ws, 'loan data')", "Data loan data@latest")]
    [InlineData("Dataset.get_by_name(ws, name='loans', version='latest')", "Data loans@latest")]
    [InlineData("x = 'azureml://registries/shared/models/churn/versions/3'", "Model churn:3 in registry shared")]
    [InlineData("x = 'azureml://registries/shared/data/loans/labels/latest'", "Data loans@latest in registry shared")]
    [InlineData("x = 'azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/churn/versions/3'", "Model churn:3 in s/g/w")]
    [InlineData("x = 'azureml://subscriptions/s/resourcegroups/g/workspaces/w/data/loans/versions/1'", "Data loans:1 in s/g/w")]
    [InlineData("x = 'azureml://datastores/store/paths/a/b.csv'", "Place azureml://datastores/store/paths/a/b.csv")]
    [InlineData("x = 'azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/store/paths/a'", "Place azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/store/paths/a in s/g/w")]
    [InlineData("x = 'azureml://jobs/run_1/outputs/artifacts/paths/model'", "Place azureml://jobs/run_1/outputs/artifacts/paths/model")]
    [InlineData("x = 'azureml://jobs/run_1/outputs/best/paths/model.pkl'", "Place azureml://jobs/run_1/outputs/best/paths/model.pkl")]
    [InlineData("mlflow.pyfunc.load_model('runs:/run_1/outputs/my model')", "Place runs:/run_1/outputs/my model")]
    [InlineData("MLClient(cred, registry_name='shared').models.get('churn', version='3')", "Model churn:3 in registry shared")]
    [InlineData("MLClient(cred, sub, rg, ws).models.get('churn', version='3')", "Model churn:3")]
    [InlineData("MLClient(cred(), None, None, None, 'shared').data.get('loans', label='latest')", "Data loans@latest in registry shared")]
    [InlineData("%%time\nx = 'azureml:churn:3'", "Any churn:3")]
    [InlineData("!echo it's\nx = 'azureml:churn:3'", "Any churn:3")]
    [InlineData("f = open(\ndef g():\n    x = 'azureml:churn:3'", "Any churn:3")]
    [InlineData("print(f\"{d[\"a\"]} {x:'>{w}}\", 'azureml:churn:3')", "Any churn:3")]
    [InlineData("y = 'not closed\nx = 'azureml:churn:3'", "Any churn:3")]
    public void IsFound(string code, string expected) => Assert.Equal([expected], Told(code));

    [Theory]
    [InlineData("# azureml:churn:3")]
    [InlineData("# 'azureml:churn:3'")]
    [InlineData("x = 1  # ml_client.models.get('churn', '3')")]
    [InlineData("'''\nml_client.models.get('churn', '3')\nazureml:churn:3\n'''")]
    [InlineData("x = f'azureml:{name}:3'")]
    [InlineData("x = 'azureml:' + name + ':3'")]
    [InlineData("x = 'azureml:churn:3' + suffix")]
    [InlineData("x = prefix + 'azureml:churn:3'")]
    [InlineData("x = 'azureml:churn:%s' % version")]
    [InlineData("x = 'azureml:churn:3'.upper()")]
    [InlineData("x = 'azureml:{}:{}'.format(a, b)")]
    [InlineData("x = b'azureml:churn:3'")]
    [InlineData("x = 'see azureml:churn:3'")]
    [InlineData("x = 'azureml:churn'")]
    [InlineData("x = 'azureml:churn@champion'")]
    [InlineData("x = 'models:/churn@champion'")]
    [InlineData("x = 'models:/churn'")]
    [InlineData("x = 'azureml:'")]
    [InlineData("x = 'azureml:a:b:c'")]
    [InlineData("x = 'azureml:churn:3")]
    [InlineData("x = 'azureml://datastores/store/paths/{date}/a'")]
    [InlineData("x = f'runs:/{run.info.run_id}/model'")]
    [InlineData("x = 'runs:/' + run_id + '/model'")]
    [InlineData("x = 'runs:/run_1'")]
    [InlineData("MLClient(cred, registry_name=name).models.get('churn', version='3')")]
    [InlineData("MLClient(cred, **where).models.get('churn', version='3')")]
    [InlineData("ml_client.models.get(name=name, version='3')")]
    [InlineData("ml_client.models.get(name='churn', version=version)")]
    [InlineData("ml_client.models.get(name='churn', version=str(3))")]
    [InlineData("ml_client.models.get(name='churn', version='3' if a else b)")]
    [InlineData("ml_client.models.get('churn')")]
    [InlineData("ml_client.models.get(*args)")]
    [InlineData("ml_client.models.get('churn', **more)")]
    [InlineData("models.get('churn', '3')")]
    [InlineData("config.get('churn', '3')")]
    [InlineData("ml_client.models.get(f'{a}', '3')")]
    [InlineData("Model(name='churn', version='3', path='./model')")]
    [InlineData("Model(path='./model', name='churn')")]
    [InlineData("Model(ws, 'churn', tags=['a'])")]
    [InlineData("Model(ws)")]
    [InlineData("def Model(ws, name='churn'):\n    pass")]
    [InlineData("class Model(ws, name='churn'): pass")]
    [InlineData("ManagedOnlineDeployment(environment='azureml:env:1', compute='azureml:cpu:1')")]
    [InlineData("%%bash\necho 'azureml:churn:3'\nx = 'azureml:churn:3'")]
    [InlineData("!az ml model show --name 'azureml:churn:3'")]
    [InlineData("%run x \\\n 'azureml:churn:3'")]
    public void IsIgnored(string code) => Assert.Empty(Told(code));

    [Fact]
    public void Places_count_in_utf_16_code_units_and_name_the_version_alone()
    {
        var references = Read("s = '\U0001F600'; x = 'azureml:churn:31'\r\ny = ml.models.get(\r\n  version=12, name='a')\n").References();
        Assert.Equal(new CodeRange(0, 14, 0, 32), references[0].Range);
        Assert.Equal(new CodeRange(0, 29, 0, 31), references[0].VersionRange);
        Assert.False(references[0].VersionIsNumber);
        Assert.Equal(new CodeRange(2, 10, 2, 22), references[1].Range);
        Assert.Equal(new CodeRange(2, 10, 2, 12), references[1].VersionRange);
        Assert.True(references[1].VersionIsNumber);
    }

    [Fact]
    public void A_version_that_is_not_written_plainly_cannot_be_replaced()
    {
        Assert.Null(Assert.Single(Read("'azureml:churn:' '3'").References()).VersionRange);
        Assert.Null(Assert.Single(Read("'azureml:churn:\\x33'").References()).VersionRange);
        Assert.NotNull(Assert.Single(Read("ml.models.get('a', \"\"\"3\"\"\")").References()).VersionRange);
    }

    [Fact]
    public void No_more_references_are_told_than_can_be_looked_at()
        => Assert.Equal(CellText.MaxReferences, Read(string.Concat(Enumerable.Repeat("x = 'azureml:churn:3'\n", 5000))).References().Count);

    private static CellText Read(string code) => CellText.Read(code, CancellationToken.None);

    private static string[] Told(string code) => [.. Read(code).References().Select(r =>
        $"{r.Asset.Kind} {r.Asset.Text}{(r.Asset.Registry is { } registry ? " in registry " + registry : r.Asset.Workspace is { } w ? $" in {w.SubscriptionId}/{w.ResourceGroup}/{w.Name}" : string.Empty)}")];
}
