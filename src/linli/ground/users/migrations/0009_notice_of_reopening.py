

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0008_names_however_spelled'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accountnotice',
            name='kind',
            field=models.CharField(choices=[('PASSWORD', '您的密码被重置'), ('RECOVERY', '您的登录被恢复，原来的第二重验证已作废'), ('REOPENED', '您的账号重新启用'), ('ROLE', '给了您新的角色'), ('ENROLLED', '添加了第二重验证'), ('REMOVED', '移除了第二重验证')], max_length=10),
        ),
    ]
