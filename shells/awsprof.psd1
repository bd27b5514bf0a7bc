@{
    RootModule        = 'awsprof.psm1'
    ModuleVersion     = '0.1.0'
    GUID              = '6d0c4b0e-6f0b-4c59-9d0e-3f0a1c7f8a52'
    Author            = 'the awsprof authors'
    Copyright         = '(c) 2026 the awsprof authors. MIT licence.'
    Description       = 'Switch the shell you are in between AWS profiles, with one MFA code a day.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'awsprof', 'awsuse', 'awsmfa', 'awsoff',
        'New-AwsIamUser', 'New-AwsMfaUser', 'New-AwsAssumeRole', 'Set-AwsProfile', 'Update-AwsMfaCredentials',
        'Get-AwsProfiles', 'Get-AwsDomains', 'Get-AwsDomainsCompleter', 'Get-AwsProfilesCompleter'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
